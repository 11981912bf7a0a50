import { competitorSearch } from '../mock/scenes.mjs';
import { expect, expectAccessible, now, SECOND, test } from '../test';

test('the funnel leads to a step, what it dropped, and an item that it dropped', async ({ page, server }) => {
  const scene = competitorSearch(2, now() - 60n * SECOND);
  server.put(scene);
  server.put(competitorSearch(3, now() - 90n * SECOND));
  await page.goto(`${server.url}/executions/${scene.execution.id}`);
  await expect(page.getByRole('radio', { name: 'Funnel' })).toBeChecked();
  await expectAccessible(page);
  await page.getByRole('button', { name: /filter price and rating.*dropped/ }).click();
  const step = page.getByRole('article', { name: 'Step filter price and rating' });
  await expect(step.getByRole('tab', { name: 'Changes' })).toHaveAttribute('aria-selected', 'true');
  await expect(step.getByText('rating ≥ 3.8 (/input/minRating)').first()).toBeVisible();
  await expectAccessible(page);
  const dropped = step.getByRole('list', { name: 'Items dropped' });
  await expect(dropped).toContainText('has 3.1, rule: rating ≥ 3.8');
  await step.getByRole('button', { name: /^Kept/ }).click();
  await expect(dropped).toHaveCount(0);
  await step.getByRole('button', { name: /^rating ≥ 3.8/ }).click();
  await step.getByRole('list', { name: 'Items dropped for this reason' }).getByRole('link').first().click();
  await expect(page).toHaveURL(/\/items\//);
  await expect(page.getByRole('region', { name: 'Its way through the steps' })).toContainText(
    'missed by 0.7',
  );
  await expectAccessible(page);
  await page.getByRole('button', { name: /search marketplace/ }).click();
  await expect(
    page.getByRole('article', { name: 'Step search marketplace' }).locator('.lit').first(),
  ).toBeInViewport();
});

test('why not is answered for what was there, what is near and what never came', async ({ page, server }) => {
  const scene = competitorSearch(2, now());
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}`);
  const ask = async (q: string): Promise<void> => {
    await page.getByRole('searchbox', { name: 'Why is this not in the result?' }).fill(q);
    await page.getByRole('button', { name: 'Why not?' }).click();
  };
  const answer = page.getByRole('region', { name: 'Answer' });
  await ask('thermos of the neighbour');
  await expect(answer).toContainText('Never retrieved');
  await expect(answer).toContainText('insulated bottle');
  await expect(page).toHaveURL(/why=thermos/);
  await expectAccessible(page);
  await ask('Volt bottles');
  await expect(answer).toContainText('alike');
  await page.reload();
  await expect(answer).toContainText('alike');
  await answer.getByRole('link').first().click();
  await expect(page.getByRole('region', { name: 'Its way through the steps' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('list', { name: 'Funnel' })).toBeVisible();
});

test('an item that nobody knows is asked for instead', async ({ page, server, quiet }) => {
  quiet.allow.push(/404/);
  const scene = competitorSearch(2, now());
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}/items/${encodeURIComponent('a/b c')}`);
  await expect(page.getByText('No item of this execution has that key')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Answer' })).toContainText('a/b c');
});
