import { ordinary, running } from '../mock/scenes.mjs';
import { expect, expectAccessible, now, SECOND, test } from '../test';

test('an empty server shows how to send, and turns by itself', async ({ page, server }) => {
  await page.goto(server.url);
  await expect(page.getByText('Waiting for your first execution')).toBeVisible();
  for (const tab of ['Go', 'TypeScript', 'Python', 'curl', 'Any OTel SDK', 'Coding agent']) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await expect(page.getByRole('tabpanel')).toContainText(
      /4318|setup\.[Ss]tart|trackExecution|api\/executions/,
    );
  }
  await expectAccessible(page);
  server.put(ordinary(1, now(), 5));
  await expect(page.getByRole('grid', { name: 'Executions' })).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(2);
});

test('the demo is one click away', async ({ page, server }) => {
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Load the demo' }).click();
  await expect(page.getByRole('row', { name: /competitor/ })).toBeVisible();
});

test('the list lives: new ones on top, changed ones in place, deleted ones gone', async ({
  page,
  server,
}) => {
  for (let n = 1; n <= 5; n++) server.put(ordinary(n, now() - BigInt(n * 60) * SECOND, n));
  await page.goto(server.url);
  const rows = page.getByRole('grid').getByRole('row');
  await expect(rows).toHaveCount(6);

  const scene = running(50, now());
  server.put(scene);
  await expect(rows.nth(1)).toContainText('research-agent');
  await expect(rows.nth(1)).toContainText('Running');

  Object.assign(scene.execution, {
    status: 'ok',
    headline: 'Compared three heat pumps.',
    completedAt: 'x',
    durationNano: '5000000000',
  });
  server.put(scene);
  await expect(rows.nth(1)).toContainText('Compared three heat pumps.');
  await expect(rows.nth(1)).toContainText('5 s');

  server.remove(scene.execution.id);
  await expect(page.getByText('research-agent')).toHaveCount(0);
});

test('new rows wait while someone reads further down', async ({ page, server }) => {
  for (let n = 1; n <= 60; n++) server.put(ordinary(n, now() - BigInt(n * 60) * SECOND, n));
  await page.goto(server.url);
  await page.getByRole('grid').hover();
  await page.mouse.wheel(0, 1_500);
  await expect(page.getByRole('row').first()).toBeVisible();
  await page.waitForFunction(() => (document.querySelector('[role=grid]')?.scrollTop ?? 0) > 500);
  for (let n = 100; n < 103; n++) server.put(ordinary(n, now(), n));
  await page.getByRole('button', { name: '3 new' }).click();
  await expect(page.getByRole('button', { name: '3 new' })).toHaveCount(0);
});

test('keys walk the list, peek and open', async ({ page, server }) => {
  for (let n = 1; n <= 20; n++) server.put(ordinary(n, now() - BigInt(n * 60) * SECOND, n));
  await page.goto(server.url);
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(page.getByRole('row', { selected: true })).toHaveAttribute('aria-rowindex', '3');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Peek' })).toBeVisible();
  await expect(page).toHaveURL(/peek=/);
  await expectAccessible(page);
  await page.keyboard.press('k');
  await expect(page.getByRole('row', { selected: true })).toHaveAttribute('aria-rowindex', '2');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: 'Peek' })).toHaveCount(0);
  await page.keyboard.press('o');
  await expect(page).toHaveURL(/\/executions\/[0-9a-f]{32}/);
});

test('older pages load while scrolling', async ({ page, server }) => {
  for (let n = 1; n <= 350; n++) server.put(ordinary(n, now() - BigInt(n * 60) * SECOND, n));
  await page.goto(server.url);
  const grid = page.getByRole('grid');
  await expect(grid).toBeVisible();
  await expect(async () => {
    await grid.evaluate((el) => el.scrollTo(0, el.scrollHeight));
    await expect(page.getByText('That is all there is.')).toBeInViewport({ timeout: 500 });
  }).toPass();
  await expect(page.getByRole('row').last()).toHaveAttribute('aria-rowindex', '351');
});

for (const theme of ['light', 'dark'] as const) {
  test(`nothing serious for axe in the ${theme} list`, async ({ page, server }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (let n = 1; n <= 30; n++) server.put(ordinary(n, now() - BigInt(n * 60) * SECOND, n));
    server.put(running(50, now()));
    await page.goto(server.url);
    await expect(page.getByRole('grid')).toBeVisible();
    await expectAccessible(page);
  });
}
