import { expect, expectAccessible, test } from './test';

test('people say what they think of a run, and find it by that', async ({ page, xray }) => {
  const sent = await fetch(`${xray.url}/api/executions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      executionId: 'run-1',
      name: 'recommend',
      steps: [
        {
          name: 'search',
          input: { q: 'opera' },
          output: [
            { id: 'm1', rating: 8 },
            { id: 'm2', rating: 5 },
          ],
        },
        { name: 'filter', input: { min: 7 }, output: [{ id: 'm1', rating: 8 }] },
      ],
    }),
  });
  expect(sent.status).toBe(201);
  await fetch(`${xray.url}/api/executions/run-1/scores`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'relevance', value: 0.25, author: 'judge' }),
  });

  await page.goto(`${xray.url}/executions/run-1`);
  const feedback = page.getByRole('group', { name: 'Feedback on this execution' });
  await feedback.getByRole('button', { name: /^Bad/ }).focus();
  await page.keyboard.press('Enter');
  const reason = page.getByLabel('What is wrong with it?');
  await expect(reason).toBeFocused();
  await expect(page.getByText('Your thumb is saved.')).toBeVisible();
  await expectAccessible(page);
  await reason.fill('not an opera');
  await page.keyboard.press('Control+Enter');
  await expect(feedback.getByRole('button', { name: /^Bad/, pressed: true })).toBeVisible();

  // A claim and a step have thumbs of their own.
  const claim = page.getByRole('group', { name: 'Feedback on this claim' }).first();
  await claim.getByRole('button', { name: /^Good/ }).click();
  await expect(claim.getByRole('button', { name: /^Good/, pressed: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(feedback.getByRole('button', { name: /^Good/, pressed: true })).toHaveCount(0);

  await expect(page.getByText('0.25')).toBeVisible();
  await page.getByLabel('Write a note').fill('Ask Ada about the threshold');
  await page.getByRole('button', { name: 'Save note' }).click();
  await expect(page.getByText('Ask Ada about the threshold')).toBeVisible();
  await expectAccessible(page);

  await page.goto(
    `${xray.url}/executions?q=feedback%3Adown+has%3Anote+score.relevance%3A%3C0.5&cols=feedback,scores`,
  );
  const row = page.getByRole('grid', { name: 'Executions' }).getByRole('row').nth(1);
  await expect(row).toContainText('recommend');
  await expect(row).toContainText('1 thumb down');
  await expect(row).toContainText('relevance 0.25');
  await expectAccessible(page);
});
