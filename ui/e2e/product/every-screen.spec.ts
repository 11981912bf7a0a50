import { expect, expectAccessible, test } from './test';

// Every screen that has an address of its own, in both themes and on a phone:
// a new page of the settings is in the walk by itself.
for (const { theme, width } of [
  { theme: 'light', width: 1440 },
  { theme: 'dark', width: 390 },
] as const) {
  test.setTimeout(180_000);
  test(`axe finds nothing serious on any screen, ${theme}, ${width} px`, async ({ page, xray }) => {
    const { mistakeId } = await (await fetch(`${xray.url}/api/demo`, { method: 'POST' })).json();
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`${xray.url}/settings`);
    const sections = page.getByRole('navigation', { name: 'Settings' }).getByRole('link');
    await expect(sections.first()).toBeVisible();
    const settings = await sections.evaluateAll((links) =>
      links.map((link) => link.getAttribute('href') ?? ''),
    );
    expect(settings.length).toBeGreaterThan(8);
    for (const path of [
      '/executions',
      `/executions/${mistakeId}`,
      `/executions/${mistakeId}?view=waterfall`,
      '/pipelines',
      '/pipelines/competitor%20search',
      '/compare',
      '/contrast',
      '/alerts',
      '/alerts/new',
      ...settings,
    ]) {
      await page.goto(xray.url + path);
      await expect(page.getByRole('main')).toBeVisible();
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
      await expectAccessible(page);
      // On a phone nothing hangs over the side of the page.
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(over, `${path} is wider than the screen`).toBeLessThanOrEqual(0);
    }
  });
}
