/** Whether a text gains by being drawn as Markdown, and where its links go. */

const SIGNS = [
  /^#{1,6} \S/m, // a heading
  /^(```|~~~)/m, // a block of code
  /^\s*[-*+] \S.*\n\s*[-*+] \S/m, // a list of two
  /^\s*1[.)] \S.*\n(.*\n)*?\s*2[.)] \S/m,
  /\*\*[^*\n]+\*\*/, // bold
  /^\|.+\|\s*\n\|[\s:|-]+\|/m, // a table
  /\[[^\]\n]+\]\([^)\s]+\)/, // a link
  /^> \S/m,
];

const LOOKED_AT = 20_000;

export function readsAsMarkdown(text: string): boolean {
  const head = text.slice(0, LOOKED_AT);
  return SIGNS.some((sign) => sign.test(head));
}

/** The address of a link as it will be opened, if it is one of the web; no other is ever followed. */
export function webAddress(href: string): string | undefined {
  try {
    const url = new URL(href);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
  } catch {
    return undefined; // relative ones would lead into this page
  }
}
