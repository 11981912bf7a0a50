import { expect, expectAccessible, test } from './test';

test('the demo is loaded by its button, and its mistake found by the query', async ({
  page,
  xray,
  quiet,
}) => {
  test.setTimeout(120_000);
  quiet.allow.push(/status of 400/);
  await page.goto(xray.url);
  await page.getByRole('button', { name: 'Load the demo' }).click();
  const grid = page.getByRole('grid', { name: 'Executions' });
  await expect(grid).toHaveAttribute('aria-rowcount', '29');
  const totals = page.getByRole('list', { name: 'Totals' });
  await expect(totals.getByText('28', { exact: true })).toBeVisible({ timeout: 30_000 });

  await page.keyboard.press('/');
  await page.keyboard.type('pipe');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Tab'); // an alias of name
  await page.keyboard.type('comp');
  await page.getByRole('option', { name: /^competitor search/ }).click();
  await expect(page).toHaveURL(/q=name%3A%22competitor\+search%22/);
  await expect(grid).toHaveAttribute('aria-rowcount', '6');
  await page.keyboard.type('step:filter* step.drop:<0.1%x');
  await page.keyboard.press('Enter');
  const query = page.getByRole('combobox', { name: 'Query' });
  await expect(query).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page);
  await query.fill('name:"competitor search" step:filter* step.drop:<1%');
  await page.keyboard.press('Enter');
  // The filter that was given no category let everything pass.
  await expect(grid).toHaveAttribute('aria-rowcount', '2');
  await expect(grid.getByRole('row').nth(1)).toContainText('Phone Case');

  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByLabel('Name of the view').fill('Filters that filter nothing');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Filters that filter nothing/ })).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Clear the query' }).click();
  await expect(grid).toHaveAttribute('aria-rowcount', '29');
  const facets = page.getByRole('region', { name: 'Facets' });
  await facets.getByRole('button', { name: /^triage ticket/ }).click();
  await facets.getByRole('button', { name: /^plan trip/ }).click();
  await expect(query).toHaveValue('name:("triage ticket" OR "plan trip")');
  await expect(grid).toHaveAttribute('aria-rowcount', '12');

  // A live row that fits comes, one that does not stays away.
  for (const name of ['plan trip', 'something else']) {
    const body = JSON.stringify({ name, steps: [{ name: 'go', durationMs: 5 }] });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${xray.url}/api/executions`, { method: 'POST', headers, body })).status).toBe(201);
  }
  await expect(grid).toHaveAttribute('aria-rowcount', '13');
});
