import { ordinary } from '../mock/scenes.mjs';
import { expect, expectAccessible, now, SECOND, test } from '../test';

const chart = 'Executions over time';

test('dragging over the histogram narrows the time, and Escape or back widens it', async ({
  page,
  server,
}) => {
  for (let n = 1; n <= 40; n++) server.put(ordinary(n, now() - BigInt(n * 1_800) * SECOND, n));
  await page.goto(server.url);
  const grid = page.getByRole('grid');
  await expect(grid).toHaveAttribute('aria-rowcount', '41');
  const box = await page.getByRole('application', { name: chart }).locator('canvas').boundingBox();
  if (!box) throw new Error('no chart');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/since=.*until=/);
  await expect(grid).toHaveAttribute('aria-rowcount', /^1\d$/);
  await page.reload();
  await expect(grid).toHaveAttribute('aria-rowcount', /^1\d$/);
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/since=/);
  await expect(grid).toHaveAttribute('aria-rowcount', '41');
});

test('the histogram is walked, read out and zoomed by keys', async ({ page, server }) => {
  server.put(ordinary(1, now() - 1n * SECOND, 5));
  await page.goto(server.url);
  const histogram = page.getByRole('application', { name: chart });
  await expect(histogram.locator('canvas')).toBeVisible();
  await histogram.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(histogram).toContainText(/1 (OK|failed)/);
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/since=.*until=/);
  await page.goBack();
  await expect(page).not.toHaveURL(/since=/);
});

test('old executions are found behind the range, and a link can fix its times', async ({
  page,
  server,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  server.put(ordinary(1, now() - 259_200n * SECOND, 5));
  await page.goto(server.url);
  await expect(page.getByRole('heading', { name: 'No execution in the last 24 hours' })).toBeVisible();
  await expect(page.getByText('The newest one started 3d ago.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Last 7 days' }).click();
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(2);
  await page.getByRole('button', { name: 'Time range: Last 7 days' }).click();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Copy a link with fixed times' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/\/executions\?since=.*&until=/);
  await page.goto(link);
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(2);
  await page.getByRole('button', { name: 'Back to the last 24 hours' }).click();
  await expect(page.getByRole('heading', { name: 'No execution in the last 24 hours' })).toBeVisible();
});
