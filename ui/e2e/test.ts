import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test as base, expect, type Page } from '@playwright/test';
import { MockServer } from './mock/server.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Each test has a server of its own; anything on the console fails the test. */
export const test = base.extend<{ server: MockServer; quiet: { allow: RegExp[] } }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameters' names
  server: async ({}, use) => {
    const server = await new MockServer().start();
    await use(server);
    await server.stop();
  },
  quiet: [
    async ({ page }, use) => {
      const said: string[] = [];
      const allow: RegExp[] = [];
      page.on('pageerror', (error) => said.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') said.push(message.text());
      });
      await use({ allow });
      expect(said.filter((text) => !allow.some((pattern) => pattern.test(text)))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Fails on what axe calls serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  // By the debugger, not by a script tag: the page's policy refuses those.
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run(): Promise<{ violations: Array<{ id: string; impact: string; nodes: Array<{ html: string }> }> }>;
      };
    };
    const { violations } = await axe.run();
    return violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 200)).join(' | ')}`);
  });
  expect(found).toEqual([]);
}

export const now = (): bigint => BigInt(Date.now()) * 1_000_000n;
export const SECOND = 1_000_000_000n;
