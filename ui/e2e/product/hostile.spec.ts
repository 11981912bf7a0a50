import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Page } from '@playwright/test';
import { Obedient } from './obedient';
import { XRay } from './xray';

const CORPUS = fileURLToPath(new URL('../../../reasoner/testdata/injections.json', import.meta.url));

/** One of each kind: a script, an image, a link, Markdown's, an address, and text that reads backwards. */
const texts = [/^<script/, /^<img/, /^<a /, /^!\[/, /^\[[^\]]*\]\(/, /^javascript:/, /\u202e/].map((kind) => {
  const found = (JSON.parse(readFileSync(CORPUS, 'utf8')) as string[]).find((text) => kind.test(text));
  if (!found) throw new Error(`the corpus has no text like ${kind}`);
  return found;
});

const test = base.extend<{ xray: XRay }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameters' names
  xray: async ({}, use) => {
    const model = await Obedient.start();
    const xray = await XRay.start({ OPENAI_BASE_URL: model.url, XRAY_MODEL: 'obedient' });
    await use(xray);
    await xray.stop();
    model.stop();
  },
});

/** Elements that only a payload can have made. Payloads themselves may be drawn as Markdown, with links that say where they lead; explanations never. */
const foreign = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const here = window.location.origin;
    const loads = [
      ...document.querySelectorAll('img, iframe, object, embed, video, audio, link, base, script'),
    ].filter((e) => {
      const address = e.getAttribute('src') ?? e.getAttribute('href') ?? e.getAttribute('data');
      return address === null || new URL(address, here).origin !== here;
    });
    const said = document.querySelectorAll(
      'section[aria-label^="Explanation"] :is(a, img, script, iframe, form), [onerror], [onload]',
    );
    return [...loads, ...said].map((e) => e.outerHTML.slice(0, 200));
  });

test('what a hostile payload has a model say is drawn as text', async ({ page, xray }) => {
  test.setTimeout(120_000);
  const gone: string[] = [];
  await page.route('**/*', (route) => {
    const url = route.request().url();
    if (url.startsWith(xray.url) || url.startsWith('data:image/svg')) return route.continue();
    gone.push(url);
    return route.abort();
  });
  page.on('dialog', (dialog) => {
    gone.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const sent = await fetch(`${xray.url}/api/executions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      executionId: 'hostile',
      name: texts[0],
      steps: texts.map((text, i) => ({ name: `step ${i} ${text}`, output: text, error: text })),
      finalOutcome: texts[1],
    }),
  });
  expect(sent.status).toBe(201);
  const read = async (path: string) =>
    (await (await fetch(`${xray.url}/api/executions/hostile${path}`)).json()) as never;
  await expect
    .poll(async () => (await (read('') as Promise<{ job?: { status: string } }>)).job?.status, {
      timeout: 60_000,
    })
    .toBe('completed');

  await page.goto(xray.url);
  await expect(page.getByRole('grid', { name: 'Executions' })).toContainText(texts[0] ?? '');
  expect(await foreign(page)).toEqual([]);

  const { steps } = (await read('/steps')) as { steps: Array<{ id: string; parentId?: string }> };
  let byModel = 0;
  for (const { id } of steps) {
    const { reasoning } = (await read(`/steps/${id}`)) as {
      reasoning?: { source: string; claims: Array<{ verdict: string; text: string }> };
    };
    const refused = reasoning?.claims.find((c) => c.verdict === 'unverified');
    if (reasoning?.source !== 'model' || !refused) continue;
    byModel++;
    await page.goto(`${xray.url}/executions/hostile?step=${id}`);
    const step = page.getByRole('region', { name: 'Explanation of the step' });
    await step.getByRole('button', { name: /unverified/ }).click();
    await expect(step.getByRole('listitem').filter({ hasText: 'unverified' }).first()).toContainText(
      refused.text.trim().slice(0, 40),
    );
    expect(await foreign(page)).toEqual([]);
  }
  expect(byModel).toBe(texts.length);
  expect(gone).toEqual([]);
});
