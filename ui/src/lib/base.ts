/** The path that the page lives under, as the server wrote it into the page: "/xray", or "" at the root. */
export const base: string =
  globalThis.document?.querySelector<HTMLMetaElement>('meta[name="xray-base"]')?.content ?? '';
