/**
 * Shortens payloads so that they stay valid JSON. The rule is
 * docs/sdk-truncation.md; sdk/testdata/truncation.json holds what every
 * language's SDK must produce, byte for byte, so this works on bytes.
 */

/** Says that something was left out of a value. */
export interface Cut {
  /** JSON pointer (RFC 6901). */
  at: string;
  /** Elements, fields or bytes that are still there. */
  kept: number;
  /** How many there were. */
  of: number;
}

export const MAX_CUTS = 32;

export interface Node {
  start: number;
  end: number;
  kind: "{" | "[" | '"' | "";
  keyStart: number;
  keyEnd: number;
  children: Node[];
}

const size = (n: Node): number => n.end - n.start;
const QUOTE = 0x22, BACKSLASH = 0x5c, COMMA = 0x2c, OPEN = 0x7b, CLOSE = 0x7d, LIST = 0x5b, END = 0x5d;

/** Shortens compact JSON to at most limit bytes of UTF-8. */
export function fit(text: string, limit: number, at: string, prior: Cut[] = []): { text: string; cuts: Cut[] } {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= limit) return { text, cuts: prior };
  const f = new Fitter(bytes, prior);
  if (!f.fit(parse(bytes), limit, at)) {
    f.reset("null");
    f.cut(at, 0, bytes.length);
  }
  for (const c of prior) {
    if (f.cuts.length < MAX_CUTS && !f.cuts.some((d) => d.at === c.at)) f.cuts.push(c);
  }
  return { text: f.text(), cuts: f.cuts };
}

class Fitter {
  readonly cuts: Cut[] = [];
  private parts: Buffer[] = [];
  private length = 0;

  constructor(private readonly bytes: Buffer, private readonly prior: Cut[]) {}

  text(): string {
    return Buffer.concat(this.parts).toString("utf8");
  }

  reset(text: string): void {
    this.parts = [];
    this.length = 0;
    this.push(Buffer.from(text));
  }

  cut(at: string, kept: number, of: number): void {
    const before = this.prior.find((c) => c.at === at);
    if (this.cuts.length < MAX_CUTS) this.cuts.push({ at, kept, of: before?.of ?? of });
  }

  /** Writes n within budget bytes; false, with nothing written, if not even a stub fits. */
  fit(n: Node, budget: number, at: string): boolean {
    if (size(n) <= budget) {
      this.push(this.bytes.subarray(n.start, n.end));
      return true;
    }
    if (n.kind === '"') return this.fitText(n, budget, at);
    if (n.kind === "" || budget < 2) return false;
    this.fitMembers(n, budget, at);
    return true;
  }

  private push(b: Buffer): void {
    this.parts.push(b);
    this.length += b.length;
  }

  private fitMembers(n: Node, budget: number, at: string): void {
    const inner = budget - 2;
    const floor = Math.min(Math.max(Math.floor(budget / 8), 16), 1024);
    const share = Math.max(level(n.children, inner), floor);
    this.push(Buffer.from(n.kind));
    let kept = 0;
    let left = inner;
    for (const [i, c] of n.children.entries()) {
      const room = Math.min(share, left - overhead(c, kept > 0));
      if (n.kind === "[" && room < Math.min(share, size(c))) break; // no fair part left
      const parts = this.parts.length, before = this.length;
      if (kept > 0) this.push(Buffer.from(","));
      let name = String(i);
      if (n.kind === "{") {
        const key = this.bytes.subarray(c.keyStart, c.keyEnd);
        this.push(key);
        this.push(Buffer.from(":"));
        if (size(c) > room) name = pointer(JSON.parse(key.toString("utf8")) as string);
      }
      if (room < 0 || !this.fit(c, room, `${at}/${name}`)) {
        this.parts.length = parts;
        this.length = before;
        if (n.kind === "[") break;
        continue;
      }
      kept++;
      left -= this.length - before;
    }
    this.push(Buffer.from(n.kind === "[" ? "]" : "}"));
    if (kept < n.children.length) this.cut(at, kept, n.children.length);
  }

  private fitText(n: Node, budget: number, at: string): boolean {
    const body = this.bytes.subarray(n.start + 1, n.end - 1);
    const avail = budget - 2 - mark(body.length).length;
    if (avail < 0) return false;
    const wantHead = Math.floor((avail * 2) / 3);
    const wantTail = body.length - (avail - wantHead);
    let head = 0, tail = body.length;
    for (let i = 0; i < body.length; ) {
      i += unit(body, i);
      if (i <= wantHead) head = i;
      if (i >= wantTail) {
        tail = i;
        break;
      }
    }
    const quote = Buffer.from('"');
    for (const b of [quote, body.subarray(0, head), mark(tail - head), body.subarray(tail), quote]) this.push(b);
    this.cut(at, head + body.length - tail, body.length);
    return true;
  }
}

const mark = (n: number): Buffer => Buffer.from(`…[${n} bytes]…`);

/** Escapes a name for a JSON pointer. */
export const pointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** The length of the character or escape at i of an escaped text. */
function unit(b: Buffer, i: number): number {
  const c = b[i]!;
  if (c === BACKSLASH) return Math.min(b[i + 1] === 0x75 ? 6 : 2, b.length - i);
  return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

function overhead(n: Node, comma: boolean): number {
  return (comma ? 1 : 0) + (n.keyEnd > n.keyStart ? n.keyEnd - n.keyStart + 1 : 0);
}

/** The largest L for which the members fit when each takes at most L bytes. */
function level(members: Node[], budget: number): number {
  members.forEach((m, i) => (budget -= overhead(m, i > 0)));
  const sizes = members.map(size).sort((a, b) => a - b);
  for (const [i, s] of sizes.entries()) {
    const share = Math.floor(Math.max(budget, 0) / (sizes.length - i));
    if (s > share) return share;
    budget -= s;
  }
  return budget;
}

/** Reads compact, valid JSON into places of the text. */
export function parse(b: Buffer): Node {
  let at = 0;
  const string = (): void => {
    for (at++; b[at] !== QUOTE; at++) if (b[at] === BACKSLASH) at++;
    at++;
  };
  const value = (): Node => {
    const n: Node = { start: at, end: at, kind: "", keyStart: 0, keyEnd: 0, children: [] };
    const c = b[at];
    if (c === OPEN || c === LIST) {
      n.kind = c === OPEN ? "{" : "[";
      const close = c === OPEN ? CLOSE : END;
      at++;
      while (b[at] !== close) {
        if (b[at] === COMMA) at++;
        const keyStart = at;
        let keyEnd = at;
        if (c === OPEN) {
          string();
          keyEnd = at++; // the colon
        }
        const child = value();
        child.keyStart = keyStart;
        child.keyEnd = keyEnd;
        n.children.push(child);
      }
      at++;
    } else if (c === QUOTE) {
      n.kind = '"';
      string();
    } else {
      while (at < b.length && b[at] !== COMMA && b[at] !== CLOSE && b[at] !== END) at++;
    }
    n.end = at;
    return n;
  };
  return value();
}
