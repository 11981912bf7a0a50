/**
 * The query as text under a caret: where its terms begin and end, and which
 * part somebody is typing. What a query means is the server's to say (package
 * query): this knows white space, quotes and parentheses, and no more.
 */

export interface Place {
  start: number;
  end: number;
}

/** The terms of a text: what lies between white space outside quotes and parentheses. */
export function terms(text: string): Place[] {
  const out: Place[] = [];
  let start = -1;
  let open = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (start < 0 && /\s/.test(c)) continue;
    if (start < 0) start = i;
    if (quoted && c === '\\') i++;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && c === '(') open++;
    else if (!quoted && c === ')') open = Math.max(0, open - 1);
    else if (!quoted && open === 0 && /\s/.test(c)) {
      out.push({ start, end: i });
      start = -1;
    }
  }
  if (start >= 0) out.push({ start, end: text.length });
  return out;
}

/** What is being typed at the caret, and which part of the text a completion replaces. */
export interface Typing extends Place {
  /** The field before the colon; undefined while the field itself is typed. */
  field: string | undefined;
  /** The unquoted beginning of the field or value. */
  prefix: string;
  /** The whole text without the term at the caret. */
  rest: string;
}

export function typingAt(text: string, caret: number): Typing {
  const term = terms(text).find((t) => t.start <= caret && caret <= t.end) ?? { start: caret, end: caret };
  const rest = `${text.slice(0, term.start).trimEnd()} ${text.slice(term.end).trimStart()}`.trim();
  const before = text.slice(term.start, caret);
  const sign = before.startsWith('-') ? 1 : 0;
  const name = /^[^\s:<>=!"()]+/.exec(before.slice(sign))?.[0] ?? '';
  const colon = sign + name.length;
  if (before.charAt(colon) !== ':' || name === '') {
    return { start: term.start + sign, end: term.end, field: undefined, prefix: before.slice(sign), rest };
  }
  if (name.toLowerCase() === 'has') {
    const start = term.start + colon + 1;
    return { start, end: term.end, field: 'has', prefix: text.slice(start, caret), rest };
  }
  const value = valueAt(text, term, term.start + colon + 1, caret);
  return { ...value, field: name, rest };
}

/** The value of a term that the caret stands in: all of it, or one of a list. */
function valueAt(text: string, term: Place, from: number, caret: number): Place & { prefix: string } {
  let start = from;
  const inList = text.charAt(from) === '(';
  if (inList) {
    start = from + 1;
    // Behind the last separator that is not inside quotes.
    let quoted = false;
    for (let i = start; i < caret; i++) {
      const c = text.charAt(i);
      if (quoted && c === '\\') i++;
      else if (c === '"') quoted = !quoted;
      else if (!quoted && /[\s,]/.test(c)) start = i + 1;
    }
  }
  const typed = text.slice(start, caret);
  const quoted = typed.startsWith('"');
  let end = inList ? caret : term.end;
  if (inList) while (end < term.end && !/[\s,)]/.test(text.charAt(end))) end++;
  return { start, end, prefix: quoted ? unescaped(typed.slice(1)) : typed };
}

const unescaped = (text: string): string => text.replace(/"$/, '').replace(/\\(.)/g, '$1');

/** The text with another part of it, and where the caret then stands. */
export function replaced(text: string, place: Place, by: string): { text: string; caret: number } {
  return { text: text.slice(0, place.start) + by + text.slice(place.end), caret: place.start + by.length };
}

/** Whether a term stands in the text, as it is. */
export function hasTerm(text: string, term: string): boolean {
  return terms(text).some((t) => text.slice(t.start, t.end) === term);
}

/** The text with a term; in place of those that begin alike, if `instead` says how. */
export function withTerm(text: string, term: string, instead?: string): string {
  const kept = terms(text)
    .map((t) => text.slice(t.start, t.end))
    .filter((t) => t !== term && !(instead && t.startsWith(instead)));
  return [...kept, term].join(' ');
}

export function withoutTerm(text: string, term: string): string {
  return terms(text)
    .map((t) => text.slice(t.start, t.end))
    .filter((t) => t !== term)
    .join(' ');
}
