import { expect, expectAccessible, test } from './test';

test('a pipeline’s numbers lead to the executions that they count', async ({ page, xray }) => {
  await xray.demo();
  await page.goto(`${xray.url}/pipelines`);
  const row = page.getByRole('row', { name: /competitor search/ });
  await expect(row).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Cost' }).click();
  await expect(page).toHaveURL(/sort=cost/);
  await row.getByRole('link', { name: 'competitor search' }).click();

  // The shape: what came in and went out of each step, and by which criterion.
  const steps = page.getByRole('table', { name: 'Steps of the pipeline' });
  const filter = steps.getByRole('row', { name: /filter by price and rating/ });
  await expect(filter.getByRole('link', { name: '%' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('list', { name: 'Criteria' })).toContainText('too few reviews');
  await expect(page.getByRole('application', { name: /Duration over time/ })).toBeVisible();
  await expectAccessible(page);

  // A step over time, and the range before it, in the address.
  await filter.getByRole('button').click();
  await expect(page.getByRole('application', { name: /Calls of the step over time/ })).toBeVisible();
  await page.keyboard.press('b');
  await expect(page).toHaveURL(/step=filter\+by\+price\+and\+rating.*vs=before/);
  await page.reload();
  await expect(filter.getByRole('button')).toHaveAttribute('aria-pressed', 'true');

  await filter.getByRole('link', { name: '%' }).click();
  await expect(page).toHaveURL(/\/executions\?q=.*step\.drop/);
  await expect(page.getByRole('row', { name: /competitor search/ }).first()).toBeVisible();

  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(page.getByRole('navigation', { name: 'Settings' })).toBeVisible();
  await expectAccessible(page);
});
