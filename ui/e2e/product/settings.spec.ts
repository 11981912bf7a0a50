import { expect, expectAccessible, test } from './test';

test('masking rules are tried while they are typed, and saved', async ({ page, xray, quiet }) => {
  quiet.allow.push(/status of 400/);
  await page.goto(`${xray.url}/settings/masking`);
  await page.getByRole('button', { name: 'Add a rule' }).click();
  const stored = page.getByRole('region', { name: 'What is stored' });
  await expect(stored.getByText('[masked:email]').first()).toBeVisible();

  await page.getByRole('button', { name: 'Add a rule' }).click();
  const rule = page.getByRole('list', { name: 'Masking rules' }).getByRole('listitem').nth(1);
  await rule.getByLabel('Find').selectOption('pattern');
  await rule.getByLabel('Name in the marker').fill('order');
  const pattern = rule.getByLabel('Pattern');
  await pattern.fill('A-(');
  await expect(rule.getByRole('alert')).toContainText('RE2');
  await expect(pattern).toHaveAttribute('aria-invalid', 'true');
  await pattern.fill('A-\\d+');
  await expect(stored.getByText('[masked:order]')).toBeVisible();
  await expectAccessible(page);

  // What is not saved is not lost by a click beside.
  await page.getByRole('link', { name: 'Retention' }).click();
  await page.getByRole('button', { name: 'Stay here' }).click();
  await page.getByRole('button', { name: 'Save rules' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.reload();
  await expect(pattern).toHaveValue('A-\\d+');

  const body = JSON.stringify({ name: 'run', finalOutcome: 'A-77', steps: [{ name: 'go', durationMs: 1 }] });
  const headers = { 'content-type': 'application/json' };
  await fetch(`${xray.url}/api/executions`, { method: 'POST', headers, body });
  const list = await (await fetch(`${xray.url}/api/executions`)).text();
  expect(list).not.toContain('A-77');
});

test('a policy is saved, days are agreed to, and a key is shown once', async ({ page, xray, quiet }) => {
  quiet.allow.push(/status of 400/);
  await page.goto(`${xray.url}/settings/explanations`);
  await page.getByLabel('A sample').check();
  await page.getByLabel('Share of all executions').fill('120');
  await page.getByLabel('Monthly cap').fill('20');
  await page.getByRole('button', { name: 'Save policy' }).click();
  await expect(page.getByLabel('Share of all executions')).toBeFocused();
  await expect(page.getByRole('alert').first()).toContainText('use 0 to 100');
  await page.getByLabel('Share of all executions').fill('12.5');
  await page.getByRole('button', { name: 'Save policy' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await expectAccessible(page);
  const settings = await (await fetch(`${xray.url}/api/settings/reasoning`)).json();
  expect(settings).toMatchObject({ policy: 'sample', samplePercent: 12.5, monthlyCapUsd: 20 });

  await page.getByRole('link', { name: 'Retention' }).click();
  await page.getByLabel('Keep executions for').fill('20');
  await page.getByRole('button', { name: 'Save days' }).click();
  await expect(page.getByText('before their payloads').first()).toBeVisible();
  await page.getByLabel('Keep payloads for').fill('10');
  await page.getByRole('button', { name: 'Save days' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();

  await page.getByRole('link', { name: 'Prices' }).click();
  await page.getByRole('button', { name: 'Price of another model' }).click();
  await page.getByLabel('Provider', { exact: true }).fill('house');
  await page.getByLabel('Model', { exact: true }).fill('house-*');
  await page.getByLabel('Input').fill('0.05');
  await page.getByRole('button', { name: 'Save price' }).click();
  await expect(page.getByRole('row', { name: /house-\*/ })).toContainText('$0.05');

  await page.getByRole('link', { name: 'API keys' }).click();
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name').fill('checkout');
  await page.getByRole('button', { name: 'Make key' }).click();
  const shown = page.getByRole('region', { name: 'The new key' });
  await expect(shown.getByText(/^xray_\S{43}$/)).toBeVisible();
  await expectAccessible(page);
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByRole('row', { name: /checkout/ })).toContainText('send');
  await page.reload();
  await expect(page.getByRole('row', { name: /checkout/ })).toBeVisible();
  await expect(page.getByText(/xray_\S{43}/)).toHaveCount(0);

  await page.getByRole('link', { name: 'Audit log' }).click();
  const acts = page.getByRole('table', { name: 'Acts' });
  for (const words of ['made a key', 'set a price', 'changed the retention', 'changed the explanations']) {
    await expect(acts.getByText(words)).toBeVisible();
  }
  await expectAccessible(page);
});
