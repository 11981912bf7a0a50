import { big, build } from '../mock/scenes.mjs';
import { expect, now, test } from '../test';

test('10,000 steps are walked without leaving the page behind', async ({ page, server }) => {
  const scene = big(4, now());
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}`);
  const tree = page.getByRole('treegrid');
  await expect(tree).toHaveAttribute('aria-rowcount', String(scene.steps.length));
  await expect(page.getByRole('row')).not.toHaveCount(0);
  expect(await page.getByRole('row').count()).toBeLessThan(120);
  await tree.focus();
  await page.keyboard.press('End');
  await expect(tree.getByRole('row', { selected: true })).toHaveAttribute(
    'aria-rowindex',
    String(scene.steps.length),
  );
  await page.keyboard.press('n');
  await expect(tree.getByRole('row', { selected: true })).toContainText('Failed');
});

test('megabytes of payload open as a tree of which little is drawn', async ({ page, server }) => {
  const output = Array.from({ length: 40_000 }, (_, i) => [i, { id: `item-${i}`, text: 'x'.repeat(80) }]);
  const scene = build(9, now(), ['large', 'function', 0, 5, { output }, []]);
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}?step=${scene.steps[0]?.id}`);
  await expect(page.getByRole('region', { name: 'Large value /output' })).toContainText('an array of 40,000');
  await page.getByRole('button', { name: /^Load/ }).click();
  await page.getByRole('searchbox', { name: 'Find a key or a value' }).first().fill('item-31415');
  await expect(page.locator('[data-pointer="/output/31415/1/id"]')).toBeInViewport();
  await page.goto(
    `${server.url}/executions/${scene.execution.id}?step=${scene.steps[0]?.id}&at=/output/39999/1/id`,
  );
  await expect(page.locator('.lit')).toContainText('item-39999', { timeout: 30_000 });
  expect(await page.locator('[data-pointer]').count()).toBeLessThan(200);
});
