import type { Page } from '@playwright/test';
import { test as base, expect, expectAccessible } from '../test';
import { XRay } from './xray';

/** A team's server: a master key ends local mode. */
const test = base.extend<{ xray: XRay }>({
  xray: async ({ page }, use) => {
    const xray = await XRay.start({ XRAY_MASTER_API_KEY: 'm4ster' });
    await use(xray);
    await page.close(); // or it would complain of the server that goes away
    await xray.stop();
  },
});

const PASSWORD = 'the heron sleeps standing up';

const you = (page: Page) => page.getByRole('button', { name: /^You:/ });

test('the first owner sets up, invites, is signed out and goes on where they were', async ({
  page,
  xray,
  quiet,
  browser,
}) => {
  test.setTimeout(120_000);
  quiet.allow.push(/status of 40[013]/);
  await page.goto(xray.url);
  await expect(page.getByText('Nobody can sign in yet')).toBeVisible();

  await page.goto(await xray.setupLink());
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password').fill('too short');
  await page.getByRole('button', { name: 'Set up' }).click();
  await expect(page.getByText('needs at least 15 characters')).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set up' }).click();
  await expect(page).toHaveURL(`${xray.url}/executions`); // without the link's secret
  await you(page).click();
  await page.getByRole('menuitem', { name: 'Members' }).click();

  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByLabel('E-mail').fill('bob@example.com');
  await page.getByRole('combobox', { name: 'Role' }).selectOption('viewer');
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = (await page.getByRole('dialog').locator('code').textContent()) ?? '';
  await page.getByRole('button', { name: 'Done' }).click();
  await expectAccessible(page);

  const other = await (await browser.newContext()).newPage();
  await other.goto(link);
  await expect(other.getByText('You will be a viewer of all projects.')).toBeVisible();
  await other.getByLabel('Your name').fill('Bob Kahn');
  await other.getByLabel('Password').fill(PASSWORD);
  await other.getByRole('button', { name: 'Join', exact: true }).click();
  await you(other).click();
  await expect(other.getByRole('menuitem', { name: 'Members' })).toHaveCount(0);
  await other.context().close();

  // Another browser signs her out; this one asks, and goes on.
  const settings = `${xray.url}/settings/account`;
  await page.goto(settings);
  await expect(page.getByText('this browser')).toBeVisible();
  const elsewhere = await browser.newContext();
  const headers = { origin: xray.url };
  await elsewhere.request.post(`${xray.url}/api/account/login`, {
    headers,
    data: { email: 'ada@example.com', password: PASSWORD },
  });
  await elsewhere.request.post(`${xray.url}/api/account/logout-everywhere`, { headers });
  await elsewhere.close();
  await page.getByLabel('Name', { exact: true }).fill('Ada King');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password').fill('the heron flies');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByText('the e-mail address or the password is wrong')).toBeVisible();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(settings);
  await expect(page.getByText('this browser')).toBeVisible();

  await you(page).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Use an API key instead' }).click();
  await page.getByLabel('API key').fill('m4ster');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('button', { name: 'Forget the API key' })).toBeVisible();
});
