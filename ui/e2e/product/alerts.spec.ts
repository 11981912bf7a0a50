import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, expectAccessible, test } from './test';

test('a webhook shows its secret once and what it was told, and an alert tells it', async ({
  page,
  xray,
}) => {
  test.slow(); // jobs and windows are waited for
  const told: string[] = [];
  const receiver = createServer((request, response) => {
    told.push(String(request.headers['webhook-id']));
    response.end('thanks');
  }).listen(0, '127.0.0.1');
  await page.goto(`${xray.url}/settings/webhooks`);
  await page.getByRole('button', { name: 'New webhook' }).click();
  await page.getByLabel('Name').fill('Deploy bot');
  await page.getByLabel('URL').fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create webhook' }).click();
  const secret = page.getByRole('dialog', { name: 'Signing secret' });
  await expect(secret).toContainText('whsec_');
  await secret.getByRole('button', { name: 'I have it' }).click();

  // The test is in the log, with what was sent and what came back.
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByRole('button', { name: /delivered 200/ }).click();
  await expect(page.getByText('Webhook-Signature: v1,')).toBeVisible();
  await expect(page.getByText('thanks')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Resend' }).click();
  await expect.poll(() => told.length).toBe(2);
  expect(told[0]).toBe(told[1]);

  // An alert: previewed, made, looked at, muted.
  await page.goto(`${xray.url}/alerts/new`);
  await page.getByLabel('Name').fill('Silence');
  await page.getByLabel('Watch').selectOption('missing');
  await page.getByLabel('Grace (seconds)').fill('0');
  await page.getByLabel('Deploy bot').check();
  await expect(page.getByRole('region', { name: 'Preview' })).toContainText(
    '1 time: no execution for 15 min',
  );
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create alert' }).click();
  await expect(page.getByText('firing')).toBeVisible({ timeout: 30_000 });
  await expect.poll(() => told.length).toBe(3);
  await page.getByRole('button', { name: 'Mute 8 h' }).click();
  await expect(page.getByText(/muted until/)).toBeVisible();
  await expectAccessible(page);
  await page.goto(`${xray.url}/alerts`);
  await expect(page.getByRole('link', { name: /Silence firing, muted/ })).toBeVisible();
  receiver.close();
});
