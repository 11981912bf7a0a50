import { expect, expectAccessible, test } from './test';

test('a pipeline’s numbers lead to the executions that they count', async ({ page, xray }) => {
  test.slow(); // the demo has to be explained first
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

test('several picked executions are told from the others of their name', async ({ page, xray, quiet }) => {
  quiet.allow.push(/400/); // too few of them
  test.slow(); // the demo has to be explained first
  await xray.demo();
  const query = encodeURIComponent('name:"competitor search" headline:*');
  await page.goto(`${xray.url}/executions?q=${query}`);
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(6, { timeout: 60_000 });
  const boxes = page.getByRole('grid').getByRole('checkbox');
  await boxes.nth(0).check({ force: true });
  await boxes.nth(2).click({ force: true, modifiers: ['Shift'] });
  await expect(page.getByText('3 picked')).toBeVisible();
  await page.keyboard.press('c');
  await expect(page).toHaveURL(/\/contrast\?ids=[0-9a-f]{32}%2C/);
  // Two others of the name are left, which is one too few: it says so.
  await expect(page.getByRole('alert')).toContainText('at least 3');

  // The pipeline with more executions can be told apart.
  const triage = encodeURIComponent('name:"triage ticket" headline:*');
  await page.goto(`${xray.url}/executions?q=${triage}`);
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(9, { timeout: 60_000 });
  for (const n of [0, 1, 2]) await boxes.nth(n).check({ force: true });
  await page.getByRole('button', { name: /What tells them apart/ }).click();
  await expect(page.getByText('3 executions against the newest 5 others of the same name')).toBeVisible();
  await expect(
    page
      .getByRole('list', { name: 'Differences' })
      .getByRole('listitem')
      .first()
      .or(page.getByText('Nothing tells them apart')),
  ).toBeVisible();
  await expectAccessible(page);
});
