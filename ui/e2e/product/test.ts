import { test as base } from '../test';
import { XRay } from './xray';

export { expect, expectAccessible } from '../test';

/** One real server per test: each begins with an empty one. */
export const test = base.extend<{ xray: XRay }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameters' names
  xray: async ({}, use) => {
    const xray = await XRay.start();
    await use(xray);
    await xray.stop();
  },
});
