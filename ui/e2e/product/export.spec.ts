import { readFile } from 'node:fs/promises';
import { expect, test } from './test';

const ORDER = '9007199254740993';
const TOTAL = '12345678901234567890.5';

test('numbers stay exact on the page, in what is copied, and in exports', async ({ page, xray, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  // As text: JavaScript could not write these numbers.
  const body = `{"executionId":"exact-1","metadata":{"order":${ORDER}},
    "steps":[{"name":"sum up","input":{"order":${ORDER}},"output":{"total":${TOTAL}}}],"finalOutcome":{"total":${TOTAL}}}`;
  const sent = await page.request.post(`${xray.url}/api/executions`, {
    headers: { 'Content-Type': 'application/json' },
    data: Buffer.from(body),
  });
  expect(sent.ok()).toBe(true);
  await page.goto(`${xray.url}/executions/exact-1`);
  await expect(page.getByRole('region', { name: 'Final outcome' })).toContainText(TOTAL);
  await expect(page.getByRole('region', { name: 'Metadata' })).toContainText(ORDER);

  for (const [format, suffix, held] of [
    ['Download OTLP JSON', '.otlp.json', ORDER],
    ['Download NDJSON', '.ndjson', TOTAL],
    ['Download Markdown for an LLM', '.md', 'sum up'],
  ] as const) {
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: format }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`${suffix.replaceAll('.', '\\.')}$`));
    expect(await readFile(await download.path(), 'utf8')).toContain(held);
  }

  await page.getByRole('treegrid').getByText('sum up').click();
  await expect(page).toHaveURL(/step=/);
  await page.keyboard.press('y');
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toContain(new URL(page.url()).search);
});
