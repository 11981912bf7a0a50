import { ordinary, running } from '../mock/scenes.mjs';
import { expect, expectAccessible, now, SECOND, test } from '../test';

test.beforeEach(({ server }) => {
  for (let n = 1; n <= 60; n++) server.put(ordinary(n, now() - BigInt(n * 60) * SECOND, n));
});

test('a query is completed, lives in the URL and narrows what arrives too', async ({ page, server }) => {
  await page.goto(server.url);
  const grid = page.getByRole('grid');
  await expect(grid).toBeVisible();
  await page.keyboard.press('/');
  const query = page.getByRole('combobox', { name: 'Query' });
  await expect(query).toBeFocused();
  await page.keyboard.type('sta');
  await page.keyboard.press('Tab');
  await expect(query).toHaveValue('status:');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const listbox = page.getByRole('listbox', { name: 'Completions' });
  await expect(listbox.getByRole('option', { name: 'error' })).toHaveAttribute('aria-selected', 'true');
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/q=status%3Aerror/);
  await expect(grid.getByText('OK', { exact: true })).toHaveCount(0);
  await page.reload();
  await expect(grid.getByText('Failed').first()).toBeVisible();
  await expect(query).toHaveValue('status:error');

  const before = Number(await grid.getAttribute('aria-rowcount'));
  server.put(running(200, now())); // does not fit
  const failing = [...Array(60).keys()].find((n) => ordinary(n, 0n, n).execution.status === 'error') ?? 0;
  server.put(ordinary(300, now(), failing));
  await expect(grid).toHaveAttribute('aria-rowcount', String(before + 1));
  await expect(grid.getByText('research-agent')).toHaveCount(0);
});

test('observed values are offered, and a wrong query is marked where it is wrong', async ({
  page,
  server,
  quiet,
}) => {
  quiet.allow.push(/400/);
  const name = [...server.scenes.values()][0]?.execution.name ?? '';
  await page.goto(server.url);
  const query = page.getByRole('combobox', { name: 'Query' });
  await query.fill(`name:${name.slice(0, 3)}`);
  await page.getByRole('option', { name }).first().click();
  await expect(page).toHaveURL(/q=name/);
  await query.fill('duratoin:>2s');
  await page.keyboard.press('Enter');
  await expect(page.getByText('did you mean duration?')).toBeVisible();
  await expect(query).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'duration', exact: true }).click();
  await expect(query).toHaveValue('duration:>2s');
  await expect(page.getByRole('grid')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the query' }).click();
  await query.click();
  const asked = page.getByRole('group', { name: 'Recent' });
  await expect(asked.getByRole('option').first()).toHaveText('duration:>2s');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('grid')).toBeVisible();
});

test('facets and totals change the text, and the text them', async ({ page, server }) => {
  await page.goto(server.url);
  const query = page.getByRole('combobox', { name: 'Query' });
  const facets = page.getByRole('region', { name: 'Facets' });
  await facets.getByRole('button', { name: /^Failed/ }).click();
  await expect(query).toHaveValue('status:error');
  await expect(facets.getByRole('button', { name: /^Failed/ })).toHaveAttribute('aria-pressed', 'true');
  await query.fill('');
  await page.keyboard.press('Enter');
  await expect(facets.getByRole('button', { name: /^Failed/ })).toHaveAttribute('aria-pressed', 'false');
  const totals = page.getByRole('list', { name: 'Totals' });
  await totals.getByRole('button', { name: /^P95/ }).click();
  await expect(query).toHaveValue(/^duration:>=\d+ms$/);
  await totals.getByRole('button', { name: /^failed/ }).click();
  await expect(query).toHaveValue(/^duration:>=\d+ms status:error$/);
  await page.goBack();
  await expect(query).toHaveValue(/^duration:>=\d+ms$/);
});

test('a search that stopped says how far it looked, and goes on when asked', async ({ page, server }) => {
  await page.goto(`${server.url}/executions?q=text:x`);
  await expect(page.getByRole('heading', { name: 'Nothing found yet' })).toBeVisible();
  await expect(page.getByText(/^Searched back to 20\d\d-/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Look further back' }).click();
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '60');
});

test('columns are picked, and stay in the URL', async ({ page, server }) => {
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Session' }).check();
  await page.getByRole('checkbox', { name: 'Model' }).uncheck();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('columnheader', { name: 'Session' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Model' })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('columnheader', { name: 'Session' })).toBeVisible();
});

test('a view keeps query, time and columns', async ({ page, server }) => {
  await page.goto(`${server.url}/executions?q=status:error&range=7d&cols=took,session`);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByLabel('Name of the view').fill('What failed this week');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Saved views' })).toContainText('status:error');
  await expectAccessible(page);
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('button', { name: /^What failed this week/ }).click();
  await expect(page).toHaveURL(/q=status%3Aerror&range=7d&cols=/);
  await expect(page.getByRole('columnheader', { name: 'Session' })).toBeVisible();
  await page.getByRole('button', { name: 'View: What failed this week' }).click();
  await page.getByRole('button', { name: 'Delete the view What failed this week' }).click();
  await expect(page.getByText('No view is kept yet.')).toBeVisible();
});

for (const width of [390, 1024]) {
  test(`the list at ${width} px holds what matters, in both themes`, async ({ page, server }) => {
    await page.setViewportSize({ width, height: 844 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(server.url);
      await expect(page.getByRole('row').nth(1)).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      await expectAccessible(page);
    }
    if (width < 1024) {
      await page.getByRole('button', { name: 'Facets' }).click();
      await page
        .getByRole('dialog', { name: 'Facets' })
        .getByRole('button', { name: /^Failed/ })
        .click();
      await expect(page).toHaveURL(/q=status%3Aerror/);
    }
  });
}
