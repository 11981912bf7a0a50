import { defineConfig } from '@playwright/test';

/**
 * Two kinds of tests. `screens` run against a stand-in API, for states that a
 * real server is hard to bring into; `product` against the built binary with
 * its own PostgreSQL (XRAY_BIN, by default ../bin/xray).
 *
 * The browser is Debian's Chromium or the one that CHROMIUM names; Playwright
 * downloads none.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'screens', testMatch: 'screens/*.spec.ts' },
    { name: 'product', testMatch: 'product/*.spec.ts' },
  ],
});
