import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test } from './test';

const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url));

const save = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: join(IMAGES, `${name}.png`), animations: 'disabled', caret: 'hide' });

test('pictures of the main screens', async ({ page, xray }) => {
  test.setTimeout(180_000);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.goto(xray.url);
  await expect(page.getByText('Waiting for your first execution')).toBeVisible();
  await save(page, 'start');

  await xray.demo();
  // The one with the mistake is explained by its filter that got no category.
  const mistake = page.getByRole('row', { name: /competitor search.*had no category/s });
  await expect(mistake).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/Waiting for the last steps|Not explained yet/)).toHaveCount(0, {
    timeout: 60_000,
  });
  await expect(page.getByText(/^[1-9]\d* counted/)).toBeVisible();
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await save(page, theme === 'dark' ? 'executions' : 'executions-light');
  }

  await mistake.click();
  await page
    .getByRole('button', { name: /filter by category.*\/input\/category/ })
    .first()
    .click();
  await expect(page.locator('.lit').first()).toBeInViewport();
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await save(page, theme === 'dark' ? 'execution' : 'execution-light');
  }

  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /filter by price and rating.*dropped/ }).click();
  await expect(page.getByRole('tab', { name: 'Changes' })).toHaveAttribute('aria-selected', 'true');
  await page.emulateMedia({ colorScheme: 'dark' });
  await save(page, 'funnel');

  await page.getByRole('list', { name: 'Items dropped' }).getByRole('link').first().click();
  await expect(page.getByRole('region', { name: 'Its way through the steps' })).toBeVisible();
  await save(page, 'item');

  // The run with the mistake against the one without.
  await page.goto(`${xray.url}/executions?name=${encodeURIComponent('competitor search')}`);
  for (const row of [1, 2]) {
    await page.getByRole('row').nth(row).getByRole('checkbox').check({ force: true });
  }
  await page.keyboard.press('c');
  await expect(page.getByRole('region', { name: 'Verdict', exact: true })).toBeVisible();
  await save(page, 'compare');

  // A pipeline: its steps, what they do to the items, and why items are dropped.
  await page.goto(`${xray.url}/pipelines/${encodeURIComponent('competitor search')}`);
  await expect(page.getByRole('list', { name: 'Criteria' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Stability of the steps' })).toBeVisible();
  await expect(page.locator('canvas')).toHaveCount(3);
  await save(page, 'pipeline');
});
