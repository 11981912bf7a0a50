/** Images that a payload itself carries; addresses elsewhere are never loaded. */

const DATA_URL = /^data:image\/(png|jpe?g|gif|webp);base64,/;
const TYPE = /^image\/(png|jpe?g|gif|webp)$/;

/** The source for an <img>, if the text is one; `type` is what is said about bare base64. */
export function inlineImage(text: string, type = ''): string | undefined {
  if (DATA_URL.test(text)) return text;
  // Only the beginning is looked at: what follows is up to the browser's decoder.
  if (TYPE.test(type) && /^[A-Za-z0-9+/=\s]{40,}$/.test(text.slice(0, 400)))
    return `data:${type};base64,${text}`;
  return undefined;
}
