/**
 * JSON with its numbers as they were written, read in slices of time.
 * JSON.parse makes 9007199254740993 into …992 without a word, and holds the
 * page for as long as the text is long; this does neither.
 */

/** A number that a double cannot hold: shown, searched and copied as it came. */
export class ExactNumber {
  constructor(readonly source: string) {}
  toString(): string {
    return this.source;
  }
}

const SLICE_MS = 8;
const CHECK_EVERY = 512;

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

/** Reads all of it at once; throws a SyntaxError on what is no JSON. */
export function parseExact(text: string): unknown {
  const reader = new Reader(text);
  reader.run(Number.POSITIVE_INFINITY);
  return reader.value;
}

/** The same in slices, between which the page can draw and listen. */
export async function parseSoon(text: string): Promise<unknown> {
  const reader = new Reader(text);
  while (!reader.run(performance.now() + SLICE_MS)) await pause();
  return reader.value;
}

enum Wants {
  Value,
  ValueOrEnd,
  Key,
  KeyOrEnd,
  CommaOrEnd,
  Nothing,
}

type Holder =
  | { list: unknown[]; object?: undefined }
  | { list?: undefined; object: Record<string, unknown>; key: string };

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

class Reader {
  value: unknown;
  #at = 0;
  #slash = -1; // the next backslash from here on
  #wants: Wants = Wants.Value;
  #stack: Holder[] = [];

  constructor(private readonly text: string) {}

  /** Goes on until the end (true) or the time is up (false). */
  run(until: number): boolean {
    for (let n = 1; ; n++) {
      this.#blank();
      if (this.#wants === Wants.Nothing) {
        if (this.#at < this.text.length) this.#fail();
        return true;
      }
      this.#step(this.text.charCodeAt(this.#at));
      if (n % CHECK_EVERY === 0 && performance.now() > until) return false;
    }
  }

  #fail(): never {
    throw new SyntaxError(`no JSON at position ${this.#at}`);
  }

  #blank(): void {
    for (let c = this.text.charCodeAt(this.#at); c === 32 || c === 10 || c === 13 || c === 9; ) {
      c = this.text.charCodeAt(++this.#at);
    }
  }

  #step(c: number): void {
    const closing = this.#stack.at(-1)?.list ? 93 : 125;
    const wants = this.#wants;
    if (wants === Wants.CommaOrEnd && c === 44) {
      this.#at++;
      this.#wants = closing === 93 ? Wants.Value : Wants.Key;
    } else if (c === closing && wants !== Wants.Value && wants !== Wants.Key) {
      this.#close();
    } else if (wants === Wants.Key || wants === Wants.KeyOrEnd) {
      this.#key(c);
    } else if (wants === Wants.CommaOrEnd) {
      this.#fail();
    } else {
      this.#read(c);
    }
  }

  #read(c: number): void {
    if (c === 123) this.#open({ object: {}, key: '' }, Wants.KeyOrEnd);
    else if (c === 91) this.#open({ list: [] }, Wants.ValueOrEnd);
    else if (c === 34) this.#put(this.#string());
    else if (c === 45 || (c >= 48 && c <= 57)) this.#put(this.#number());
    else this.#word();
  }

  #word(): void {
    const found = WORDS.find(([word]) => this.text.startsWith(word, this.#at));
    if (!found) this.#fail();
    this.#at += found[0].length;
    this.#put(found[1]);
  }

  #open(holder: Holder, wants: Wants): void {
    this.#at++;
    this.#stack.push(holder);
    this.#wants = wants;
  }

  #close(): void {
    this.#at++;
    const done = this.#stack.pop();
    this.#put(done?.list ?? done?.object);
  }

  #key(c: number): void {
    if (c !== 34) this.#fail();
    const key = this.#string();
    this.#blank();
    if (this.text.charCodeAt(this.#at++) !== 58) this.#fail();
    const top = this.#stack.at(-1);
    if (top?.object) top.key = key;
    this.#wants = Wants.Value;
  }

  #put(value: unknown): void {
    const top = this.#stack.at(-1);
    this.#wants = top ? Wants.CommaOrEnd : Wants.Nothing;
    if (!top) this.value = value;
    else if (top.list) top.list.push(value);
    else if (top.key !== '__proto__') top.object[top.key] = value;
    // A plain assignment would set the prototype instead of a member.
    else
      Object.defineProperty(top.object, top.key, {
        value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
  }

  #string(): string {
    const from = this.#at + 1;
    if (this.#slash < from && this.#slash !== Number.POSITIVE_INFINITY) {
      const next = this.text.indexOf('\\', from);
      this.#slash = next < 0 ? Number.POSITIVE_INFINITY : next;
    }
    let end = this.text.indexOf('"', from);
    if (end >= 0 && this.#slash > end) {
      this.#at = end + 1;
      const plain = this.text.slice(from, end);
      // JSON.parse says whether there is a bare control character in it.
      return CONTROL.test(plain) ? (JSON.parse(`"${plain}"`) as string) : plain;
    }
    while (end >= 0 && this.#escaped(end)) end = this.text.indexOf('"', end + 1);
    if (end < 0) this.#fail();
    this.#at = end + 1;
    return JSON.parse(this.text.slice(from - 1, end + 1)) as string;
  }

  /** Whether an odd number of backslashes stands before this place. */
  #escaped(at: number): boolean {
    let n = 0;
    while (this.text.charCodeAt(at - 1 - n) === 92) n++;
    return n % 2 === 1;
  }

  #number(): number | ExactNumber {
    NUMBER.lastIndex = this.#at;
    const source = NUMBER.exec(this.text)?.[0];
    if (source === undefined) this.#fail();
    this.#at += source.length;
    const value = Number(source);
    return fits(source, value) ? value : new ExactNumber(source);
  }
}

const WORDS: ReadonlyArray<[string, null | boolean]> = [
  ['null', null],
  ['true', true],
  ['false', false],
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f]/;

// A double prints with at most this many digits; a longer fraction was cut.
const DIGITS = 17;

function fits(source: string, value: number): boolean {
  if (source.length <= 15) return Number.isFinite(value);
  if (!Number.isFinite(value)) return false;
  if (/^-?\d+$/.test(source)) return Number.isSafeInteger(value) || String(value) === source;
  const digits = source
    .replace(/[eE].*/, '')
    .replace(/^[-0.]+/, '')
    .replace('.', '');
  return digits.length <= DIGITS;
}

/** A value as JSON again, exact numbers as they came. */
export function writeJson(value: unknown, indent = 0, depth = 0): string {
  if (value instanceof ExactNumber) return value.source;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = indent > 0 ? `\n${' '.repeat(indent * (depth + 1))}` : '';
  const last = indent > 0 ? `\n${' '.repeat(indent * depth)}` : '';
  const colon = indent > 0 ? ': ' : ':';
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${value.map((v) => inner + writeJson(v, indent, depth + 1)).join(',')}${last}]`;
  }
  const members = Object.entries(value).map(
    ([key, v]) => `${inner}${JSON.stringify(key)}${colon}${writeJson(v, indent, depth + 1)}`,
  );
  return members.length === 0 ? '{}' : `{${members.join(',')}${last}}`;
}
