import { test as base } from '../test';
import { XRay } from './xray';

export { expect, expectAccessible } from '../test';

/** One real server per test: each begins with an empty one. */
export const test = base.extend<{ xray: XRay }>({
  xray: async ({ page }, use) => {
    const xray = await XRay.start();
    await use(xray);
    await page.close(); // or it would complain of the server that goes away
    await xray.stop();
  },
});
