import { broken, competitorSearch, running } from '../mock/scenes.mjs';
import { expect, expectAccessible, now, SECOND, test } from '../test';

test('evidence opens its step, scrolls to the value and lights it up', async ({ page, server }) => {
  const scene = competitorSearch(2, now() - 60n * SECOND);
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}?view=tree`);
  await expect(page.getByRole('region', { name: 'Explanation', exact: true })).toContainText(
    'Nimbus phone case P9',
  );

  await page.getByRole('button', { name: /category filter.*\/output\/kept\/0\/category/ }).click();
  await expect(page).toHaveURL(/at=%2Foutput%2Fkept%2F0%2Fcategory/);
  const step = page.getByRole('article', { name: 'Step category filter' });
  await expect(step.locator('.lit', { hasText: 'Accessories' })).toBeInViewport();
  await expect(page.getByRole('treegrid').getByRole('row', { selected: true })).toContainText(
    'category filter',
  );

  // The link alone restores all of it.
  await page.reload();
  await expect(step.locator('.lit', { hasText: 'Accessories' })).toBeInViewport();

  await page.getByRole('button', { name: /rank.*\/output\/1\/score/ }).click();
  await expect(
    page.getByRole('article', { name: 'Step rank' }).locator('.lit', { hasText: '0.83' }),
  ).toBeInViewport();

  await page
    .getByRole('button', { name: /category filter.*\/input\/category/ })
    .first()
    .click();
  await expect(step.getByRole('tab', { name: 'Input' })).toHaveAttribute('aria-selected', 'true');
  await expect(step.locator('.lit', { hasText: 'null' })).toBeInViewport();
});

test('what is unverified is folded away, and marked', async ({ page, server }) => {
  const scene = competitorSearch(2, now());
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}?view=tree`);
  const guess = page.getByText('The caller probably forgot');
  await expect(guess).toHaveCount(0);
  await page.getByRole('button', { name: 'Show 1 unverified claim' }).click();
  await expect(guess).toBeVisible();
  await expect(page.getByText('unverified', { exact: true })).toBeVisible();
});

test('the tree is walked by keys', async ({ page, server }) => {
  const scene = competitorSearch(2, now());
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}?view=tree`);
  const tree = page.getByRole('treegrid', { name: 'Steps' });
  await tree.focus();
  const selected = tree.getByRole('row', { selected: true });
  await page.keyboard.press('ArrowDown');
  await expect(selected).toContainText('competitor-search');
  await page.keyboard.press('End');
  await expect(selected).toContainText('pick best');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect(tree.getByRole('row')).toHaveCount(1);
  await page.keyboard.press('ArrowRight');
  await expect(tree.getByRole('row').nth(1)).toContainText('write keywords');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('article', { name: 'Step write keywords' })).toBeVisible();
  await page.keyboard.press('i');
  await expect(page.getByRole('article').getByRole('tabpanel')).toContainText('ProBrand steel bottle 1 l');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('region', { name: 'Final outcome' })).toBeVisible();
});

test('a chat, a table, documents and a tree are each drawn as what they are', async ({ page, server }) => {
  const scene = competitorSearch(2, now());
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}?view=tree`);
  const open = (name: string): Promise<void> =>
    page.getByRole('treegrid').getByRole('row', { name }).first().click();
  await open('write keywords');
  await page.getByRole('tab', { name: 'Input' }).click();
  await expect(page.getByText('lookup_brand')).toBeVisible();
  await open('search marketplace');
  await page.getByRole('tab', { name: 'Output' }).click();
  await expect(page.getByRole('table', { name: 'output as a table' })).toHaveAttribute(
    'aria-rowcount',
    '121',
  );
  await open('rank');
  await expect(page.getByText('score 0.94')).toBeVisible();
  const step = page.getByRole('article', { name: 'Step rank' });
  await step.getByRole('radio', { name: 'Tree' }).click();
  await expect(step.getByTestId('json-tree').first()).toContainText('content');
});

test('a broken record is shown whole, as text, and says what is wrong', async ({ page, server, quiet }) => {
  quiet.allow.push(/404/); // evidence that points at a step which does not exist
  const scene = broken(3, now());
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}?view=tree`);
  await expect(page.getByText('The explanation failed')).toBeVisible();
  await expect(page.getByText('the quota of this key is used up')).toBeVisible();
  const tree = page.getByRole('treegrid');
  await expect(tree.getByRole('row')).toHaveCount(scene.steps.length + 1);
  await expect(tree.getByText('Parent not received')).toBeVisible();
  await expect(tree.getByText('clock skew').first()).toBeVisible();
  await expect(tree.getByText('cycle', { exact: true })).toHaveCount(2);
  await expect(page).toHaveTitle('X-Ray');
  for (const name of ['(no name)', 'claims to be messages', 'cycle b', 'ended in 1970']) {
    await tree.getByText(name, { exact: true }).click();
    await expect(page.getByRole('article')).toBeVisible();
  }
  await page.getByRole('button', { name: 'Show 1 unverified claim' }).click();
  await page.getByRole('button', { name: /nowhere/ }).click();
  await expect(page.getByText('There is no such step')).toBeVisible();
});

test('a running execution grows while it is open', async ({ page, server }) => {
  const scene = running(1, now());
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}?view=tree`);
  await expect(page.getByRole('treegrid').getByRole('row')).toHaveCount(4);
  scene.steps.push({ ...scene.steps[1], id: '00000000000000ff', name: 'write report' } as never);
  scene.execution.stepCount = 5;
  server.put(scene);
  await expect(page.getByRole('treegrid').getByText('write report')).toBeVisible();
});

test('explain again shows the job', async ({ page, server }) => {
  const scene = competitorSearch(2, now());
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}?view=tree`);
  await page.getByRole('button', { name: 'Explain again' }).click();
  await expect(page.getByText('Waiting to be explained')).toBeVisible();
});

test('on a narrow screen one pane is seen at a time, and none is lost', async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const scene = competitorSearch(2, now());
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}`);
  const panes = page.getByRole('navigation', { name: 'Panes' });
  const answer = page.getByRole('region', { name: 'Explanation', exact: true });
  await expect(answer).toBeVisible();
  await panes.getByRole('button', { name: 'Outcome' }).click();
  await expect(page.getByRole('region', { name: 'Final outcome' })).toBeVisible();
  await expect(answer).toBeHidden();
  await panes.getByRole('button', { name: 'Steps' }).click();
  await page.getByRole('button', { name: /category filter/ }).click();
  await expect(page.getByRole('article', { name: 'Step category filter' })).toBeVisible();
  await panes.getByRole('button', { name: 'Context' }).click();
  await expect(page.getByRole('tab', { name: 'Attributes' })).toBeVisible();
  await expectAccessible(page);
  await panes.getByRole('button', { name: 'Why' }).click();
  await page.getByRole('button', { name: /category filter.*\/output\/kept\/0\/category/ }).click();
  await expect(page.locator('.lit', { hasText: 'Accessories' })).toBeInViewport();
});

test('a question is answered in claims whose evidence leads to its value', async ({ page, server }) => {
  const scene = competitorSearch(2, now());
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}?side=ask`);
  const ask = page.getByRole('region', { name: 'Ask', exact: true });
  await ask.getByRole('textbox').fill('Why a phone case?');
  await page.keyboard.press('Enter');
  const answer = ask.getByRole('article', { name: 'Why a phone case?' });
  await expect(answer).toHaveAttribute('aria-busy', 'false');
  await expectAccessible(page);
  await answer
    .getByRole('button', { name: /\/(in|out)put\// })
    .first()
    .click();
  await expect(page.locator('.lit').first()).toBeInViewport();
  // The answer is still there for the next question.
  await expect(page.getByRole('tab', { name: 'Ask' })).toHaveAttribute('aria-selected', 'true');
  await expect(answer).toBeVisible();
});

test('keys go from view to view, pane to pane and run to run', async ({ page, server }) => {
  const scene = competitorSearch(2, now());
  server.put(scene);
  server.put(competitorSearch(3, now() - 60n * SECOND));
  await page.goto(`${server.url}/executions/${scene.execution.id}`);
  await expect(page.getByRole('list', { name: 'Funnel' })).toBeVisible();
  await page.keyboard.press('w');
  await expect(page.getByRole('radio', { name: 'Waterfall' })).toBeChecked();
  await page.keyboard.press('t');
  await page.keyboard.press('1');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('treegrid').getByRole('row', { selected: true })).toHaveCount(1);
  await page.keyboard.press('/');
  await page.keyboard.type('rank');
  await expect(page.getByRole('treegrid').getByRole('row')).toHaveCount(2);
  await page.keyboard.press('Escape');
  await page.keyboard.press(']');
  await expect(page).not.toHaveURL(new RegExp(scene.execution.id));
  await expect(page.getByRole('treegrid').getByRole('row')).not.toHaveCount(0);
  await page.keyboard.press('[');
  await expect(page).toHaveURL(new RegExp(scene.execution.id));
});

for (const theme of ['light', 'dark'] as const) {
  test(`nothing serious for axe in a ${theme} execution`, async ({ page, server }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const scene = competitorSearch(2, now());
    server.put(scene);
    await page.goto(`${server.url}/executions/${scene.execution.id}?view=tree`);
    await expect(page.getByRole('treegrid')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('treegrid').getByRole('row', { name: 'write keywords' }).click();
    await page.keyboard.press('w');
    for (const tab of ['Input', 'Changes', 'Events', 'Details', 'Ask']) {
      await page.getByRole('tab', { name: tab }).click();
      await expect(page.getByRole('tab', { name: tab })).toHaveAttribute('aria-selected', 'true');
      await expectAccessible(page);
    }
  });
}
