import base from './playwright.config';

/** `make screenshots`: the main screens, with the demo's data, into docs/images. */
export default { ...base, projects: [{ name: 'screenshots', testMatch: 'product/*.shots.ts' }] };
