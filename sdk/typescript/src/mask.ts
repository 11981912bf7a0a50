import { type Node, parse } from "./fit.js";

/**
 * Changes what is recorded before it leaves the program. It is given the
 * attribute (xray.input, exception.message, …) and the value as JSON, whole,
 * before it is shortened, and returns what is recorded instead. An answer that
 * is not JSON is recorded as a text. If it throws, nothing of the value is
 * recorded.
 */
export type Mask = (attribute: string, json: string) => string;

/** Replaces the values of all members with these names, at any depth and in any letter case, by "[masked]". */
export function maskKeys(...names: string[]): Mask {
  const hidden = new Set(names.map((n) => n.toLowerCase()));
  return (_, json) => {
    const text = compact(json);
    return text === undefined ? json : hide(Buffer.from(text), hidden);
  };
}

function hide(text: Buffer, hidden: Set<string>): string {
  const out: string[] = [];
  let done = 0;
  const walk = (n: Node): void => {
    for (const c of n.children) {
      const key = c.keyEnd > c.keyStart ? (JSON.parse(text.toString("utf8", c.keyStart, c.keyEnd)) as string) : undefined;
      if (key !== undefined && hidden.has(key.toLowerCase())) {
        out.push(text.toString("utf8", done, c.start), '"[masked]"');
        done = c.end;
      } else {
        walk(c);
      }
    }
  };
  walk(parse(text));
  return out.join("") + text.toString("utf8", done);
}

/** Returns compact JSON, whatever the mask does. */
export function applyMask(mask: Mask, attribute: string, json: string): string {
  let masked: string;
  try {
    masked = String(mask(attribute, json)).toWellFormed();
  } catch {
    return '"[not recorded: the mask failed]"';
  }
  return compact(masked) ?? JSON.stringify(masked);
}

/** Takes the white space out of JSON and changes nothing else of it; undefined if the text is not JSON. */
function compact(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return text.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, "$1");
}
