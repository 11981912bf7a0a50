import { expect, expectAccessible, test } from './test';

test('from an empty page to an explained execution', async ({ page, xray }) => {
  test.setTimeout(180_000); // the example may have to be compiled first
  await page.goto(xray.url);
  await expect(page.getByText('Waiting for your first execution')).toBeVisible();
  await expectAccessible(page);
  await expect(page.getByRole('tabpanel')).toContainText('xray.TrackExecution');

  await xray.example('movie-recommendation');

  // No reload: the page turns by itself.
  const row = page.getByRole('grid', { name: 'Executions' }).getByRole('row').nth(1);
  await expect(row).toContainText('movie recommendation');
  await expect(row).toContainText('OK');
  await row.click();

  // It has items, so that what is seen first is the funnel.
  await expect(page.getByRole('list', { name: 'Funnel' })).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press('t');
  const tree = page.getByRole('treegrid', { name: 'Steps' });
  await expect(tree.getByRole('row').first()).toContainText('movie recommendation');
  const explanation = page.getByRole('region', { name: 'Explanation', exact: true });
  await expect(explanation).toContainText('from computed facts', { timeout: 30_000 });
  await expectAccessible(page);

  await tree.getByRole('row', { name: 'filter' }).click();
  const step = page.getByRole('article', { name: /^Step .*filter/ });
  await step.getByRole('tab', { name: 'Input' }).click();
  await expect(step.getByRole('tabpanel')).toContainText(/title/i);
  await step.getByRole('tab', { name: 'Output' }).click();
  await expect(step.getByRole('tabpanel')).toContainText(/title/i);
  await expect(step.getByRole('region', { name: 'Explanation of the step' })).not.toBeEmpty();

  // What is seen can be sent to somebody.
  await page.reload();
  await expect(step.getByRole('tabpanel')).toContainText(/title/i);
});

test('an execution sent with curl alone appears, and evidence leads to its value', async ({ page, xray }) => {
  await page.goto(xray.url);
  const sent = await fetch(`${xray.url}/api/executions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'recommend',
      steps: [
        {
          name: 'search',
          input: { query: 'space opera' },
          output: [
            { id: 'm1', title: 'Dune', rating: 8.1 },
            { id: 'm2', title: 'Jupiter Ascending', rating: 5.3 },
          ],
        },
        { name: 'filter', input: { minRating: 7 }, output: [{ id: 'm1', title: 'Dune', rating: 8.1 }] },
      ],
      finalOutcome: { title: 'Dune' },
    }),
  });
  expect(sent.status).toBe(201);
  const row = page
    .getByRole('grid', { name: 'Executions' })
    .getByRole('row', { name: /recommend\b/ })
    .first();
  await row.click();
  const outcome = page.getByRole('region', { name: 'Final outcome' });
  await expect(outcome).toContainText('Dune');
  const explanation = page.getByRole('region', { name: 'Explanation', exact: true });
  await expect(explanation.getByRole('button', { name: /search|filter/ }).first()).toBeVisible({
    timeout: 30_000,
  });
  await explanation
    .getByRole('button', { name: /search|filter/ })
    .first()
    .click();
  await expect(page.locator('.lit').first()).toBeInViewport();
});
