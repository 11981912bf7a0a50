import { competitorSearch, ordinary } from '../mock/scenes.mjs';
import { expect, expectAccessible, now, SECOND, test } from '../test';

test('two picked in the list are compared, and differences walked', async ({ page, server }) => {
  const [a, b] = [competitorSearch(2, now() - 60n * SECOND), competitorSearch(3, now() - 120n * SECOND)];
  server.put(a);
  server.put(b);
  server.put(ordinary(7, now() - 300n * SECOND, 3));
  await page.goto(server.url);
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(page.getByText('Picked A.')).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expectAccessible(page);
  // A box that has the focus does not swallow the keys.
  await page.getByRole('row').nth(1).getByRole('checkbox').focus();
  await page.keyboard.press('c');
  await expect(page).toHaveURL(/compare\?a=[0-9a-f]{32}&b=[0-9a-f]{32}/);
  await expect(page.getByRole('region', { name: 'Verdict', exact: true })).toContainText('First divergence');
  await expectAccessible(page);
  const shown = page.getByRole('article');
  await expect(shown).toContainText('Output');
  const first = await shown.getAttribute('aria-label');
  await page.keyboard.press('n');
  await expect(shown).not.toHaveAttribute('aria-label', first ?? '');
  await page.keyboard.press('p');
  await expect(shown).toHaveAttribute('aria-label', first ?? '');
  await page
    .getByRole('button', { name: /steps the same/ })
    .first()
    .click();
  await expect(page.getByRole('list', { name: 'Steps of both' })).toContainText('GET /v2/search');
});

test('comparing nothing says how to compare', async ({ page, server }) => {
  server.put(ordinary(1, now(), 5));
  await page.goto(`${server.url}/compare`);
  await expect(page.getByRole('heading', { name: 'Compare two executions' })).toBeVisible();
  await expectAccessible(page);
});

test('the palette goes to executions, filters and themes', async ({ page, server, quiet }) => {
  quiet.allow.push(/404/);
  const scene = competitorSearch(2, now());
  server.put(scene);
  await page.goto(server.url);
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Go to anything' });
  await expect(palette).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.type('failed');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/q=status%3Aerror/);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('theme dark');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.keyboard.press('Control+k');
  await page.keyboard.type(scene.execution.id);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/executions/${scene.execution.id}`));
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await expect(palette).toHaveCount(0);
});
