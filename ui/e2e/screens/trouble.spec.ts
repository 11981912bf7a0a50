import { competitorSearch, ordinary } from '../mock/scenes.mjs';
import { expect, expectAccessible, now, test } from '../test';

test('a lost connection is said, and mended without a gap', async ({ page, server, quiet }) => {
  quiet.allow.push(/Failed to load resource|ERR_/);
  server.put(ordinary(1, now(), 5));
  await page.goto(server.url);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  server.breakDown();
  await expect(page.getByText('Reconnecting', { exact: true })).toBeVisible();
  await expect(page.getByText('The server does not answer.')).toBeVisible();
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(2);
  server.put(ordinary(2, now(), 6)); // nobody is connected to hear of it
  server.down = false;
  await expect(page.getByText('Live', { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(3);
  await expect(page.getByText('The server does not answer.')).toHaveCount(0);
});

test('a server that is away at first is met when it comes', async ({ page, server, quiet }) => {
  quiet.allow.push(/Failed to load resource|ERR_/);
  server.put(ordinary(1, now(), 5));
  server.down = true;
  await page.goto(server.url);
  await expect(page.getByRole('heading', { name: 'The server does not answer' })).toBeVisible();
  server.down = false;
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(2, { timeout: 30_000 });
});

test('a key is asked for, refused in words, taken and forgotten', async ({ page, server, quiet }) => {
  quiet.allow.push(/401/);
  server.key = 'xray_secret';
  server.put(ordinary(1, now(), 5));
  await page.goto(server.url);
  await expect(page.getByRole('heading', { name: 'This server asks for an API key' })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('API key').fill('xray_wrong');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('this key is not known')).toBeVisible();
  await page.getByLabel('API key').fill('xray_secret');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(2);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  server.put(ordinary(2, now(), 6)); // the live stream carries the key, too
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(3);
  await page.getByRole('button', { name: 'Forget the API key' }).click();
  await expect(page.getByRole('heading', { name: 'This server asks for an API key' })).toBeVisible();
});

test('a key that stops being good is asked for again', async ({ page, server, quiet }) => {
  quiet.allow.push(/401/);
  server.key = 'xray_first';
  server.put(ordinary(1, now(), 5));
  await page.goto(server.url);
  await page.getByLabel('API key').fill('xray_first');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(2);
  server.key = 'xray_second';
  await page.getByRole('button', { name: /^OK/ }).first().click();
  await expect(page.getByRole('heading', { name: 'This server asks for an API key' })).toBeVisible();
  await expect(page.getByText('this key is not known')).toBeVisible();
  await page.getByLabel('API key').fill('xray_second');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(2);
});

test('an execution that is not there, or is deleted while open, is said to be so', async ({
  page,
  server,
  quiet,
}) => {
  quiet.allow.push(/404/);
  await page.goto(`${server.url}/executions/ffff`);
  await expect(page.getByRole('heading', { name: 'There is no such execution' })).toBeVisible();
  const scene = competitorSearch(2, now());
  server.put(scene);
  await page.goto(`${server.url}/executions/${scene.execution.id}?view=tree`);
  await expect(page.getByRole('treegrid')).toBeVisible();
  server.remove(scene.execution.id);
  await expect(page.getByRole('heading', { name: 'There is no such execution' })).toBeVisible();
});

test('paused means paused', async ({ page, server }) => {
  server.put(ordinary(1, now(), 5));
  await page.goto(server.url);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await page.keyboard.press('.');
  await expect(page.getByText('Paused', { exact: true })).toBeVisible();
  server.put(ordinary(2, now(), 6));
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(2);
  await page.keyboard.press('.');
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(3);
});

test('help opens on ? and closes on Escape', async ({ page, server }) => {
  server.put(ordinary(1, now(), 5));
  await page.goto(server.url);
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys and help' })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
