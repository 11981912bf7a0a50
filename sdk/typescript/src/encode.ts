import { type Cut, MAX_CUTS, pointer } from "./fit.js";

const MAX_DEPTH = 64;
const OVER = 256; // characters of a text once the work limit is reached

/**
 * Writes any value as compact JSON: as JSON.stringify would, except that
 * nothing throws. Cycles, functions, bigints, NaN, getters and toJSON methods
 * that throw become a text that says so. work bounds the effort: beyond it,
 * lists end and texts are cut, while the remaining fields of objects still get
 * their place.
 */
export function encode(value: unknown, work: number, at: string): { text: string; cuts: Cut[] } {
  const e = new Encoder(work, at);
  try {
    e.value(value);
    return { text: e.out.join(""), cuts: e.cuts };
  } catch (err) {
    return { text: JSON.stringify(`[not recorded: ${String(err)}]`), cuts: [] };
  }
}

class Encoder {
  readonly out: string[] = [];
  readonly cuts: Cut[] = [];
  private length = 0;
  private readonly path: string[] = [];
  private readonly above = new Set<object>();

  constructor(private readonly work: number, private readonly at: string) {}

  value(v: unknown): void {
    switch (typeof v) {
      case "string":
        return this.text(v);
      case "number":
        return this.push(Number.isFinite(v) ? String(v === 0 ? 0 : v) : JSON.stringify(String(v)));
      case "boolean":
        return this.push(String(v));
      case "bigint":
        return this.push(v.toString());
      case "undefined":
        return this.push("null");
      case "object":
        return v === null ? this.push("null") : this.object(v);
      default:
        return this.note(typeof v);
    }
  }

  private push(s: string): void {
    this.out.push(s);
    this.length += s.length;
  }

  private note(s: string): void {
    this.push(JSON.stringify(`[${s}]`));
  }

  private cut(kept: number, of: number): void {
    if (this.cuts.length < MAX_CUTS) this.cuts.push({ at: this.at + this.path.map((p) => "/" + p).join(""), kept, of });
  }

  private text(s: string): void {
    const room = Math.max(this.work - this.length, OVER);
    s = s.toWellFormed();
    if (s.length <= room) return this.push(JSON.stringify(s));
    const chars = (from: number, to?: number): string => s.slice(from, to).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
    const head = chars(0, Math.floor((room * 2) / 3)), tail = chars(s.length - Math.floor(room / 3));
    const all = Buffer.byteLength(s), kept = Buffer.byteLength(head) + Buffer.byteLength(tail);
    this.push(JSON.stringify(`${head}…[${all - kept} bytes]…${tail}`));
    this.cut(kept, all);
  }

  private object(v: object): void {
    if (this.path.length >= MAX_DEPTH) return this.note(`deeper than ${MAX_DEPTH} levels`);
    if (this.above.has(v)) return this.note("cycle");
    this.above.add(v);
    try {
      this.members(v);
    } finally {
      this.above.delete(v);
    }
  }

  private members(v: object): void {
    const own = v as { toJSON?: () => unknown };
    if (typeof own.toJSON === "function") {
      let told: unknown;
      try {
        told = own.toJSON();
      } catch (err) {
        return this.note(`not recorded: ${String(err)}`);
      }
      if (told !== v) return this.value(told);
    }
    if (v instanceof Error) return this.text(String(v.message || v));
    if (v instanceof Map) return this.fields(Object.fromEntries(v));
    if (ArrayBuffer.isView(v) && !(v instanceof DataView) && v.byteLength > 4096) {
      this.note(`${v.byteLength} bytes`);
      return this.cut(0, v.byteLength);
    }
    if (Array.isArray(v)) return this.list(v);
    if (v instanceof Set || (ArrayBuffer.isView(v) && !(v instanceof DataView))) return this.list([...(v as Set<unknown>)]);
    this.fields(v);
  }

  private list(v: unknown[]): void {
    this.push("[");
    for (let i = 0; i < v.length; i++) {
      if (this.length > this.work) {
        this.cut(i, v.length);
        break;
      }
      if (i > 0) this.push(",");
      this.path.push(String(i));
      this.value(v[i]);
      this.path.pop();
    }
    this.push("]");
  }

  private fields(v: object): void {
    this.push("{");
    let first = true;
    for (const key of Object.keys(v)) {
      let field: unknown;
      try {
        field = (v as Record<string, unknown>)[key];
      } catch (err) {
        field = `[not recorded: ${String(err)}]`;
      }
      if (field === undefined) continue;
      this.push((first ? "" : ",") + JSON.stringify(key.toWellFormed()) + ":");
      first = false;
      this.path.push(pointer(key));
      this.value(field);
      this.path.pop();
    }
    this.push("}");
  }
}
