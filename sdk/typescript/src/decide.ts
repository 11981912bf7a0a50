import { createHash } from "node:crypto";
import { type Cut, fit, parse } from "./fit.js";
import type { Captured, Criterion, Recorder } from "./recorder.js";

export interface DecisionOptions {
  /**
   * Names the candidate. Without it the key is the candidate itself if it is a
   * text or number, else its member id, key, sku, asin, uuid, url, name or
   * title (the first that says something), else a hash of its content.
   */
  key?: string;
  reason?: string;
  /** The number that decided. */
  score?: number;
  /** The condition that decided. */
  criterion?: Criterion;
}

interface Decision {
  key: string;
  /** JSON; "" for texts and numbers, which are their own key. */
  item: string;
  /** `,"reason":…` and so on. */
  rest: string;
}

const MAX_DECISIONS = 100_000; // per step and fate: keys alone, a few MB of memory
const FIXED = 48; // what a decision takes beside its texts

/**
 * One fate of a step. Bodies of items are kept while they fit the payload
 * limit; then only keys and reasons are, since the candidates themselves are
 * mostly in the step's input too, and every key counts.
 */
export class Decisions {
  private readonly made: Decision[] = [];
  private total = 0; // also those beyond MAX_DECISIONS
  private size = 0;
  private bare = false;

  constructor(private readonly attribute: string) {}

  get empty(): boolean {
    return this.total === 0;
  }

  add(recorder: Recorder, item: unknown, reason: string, opts: DecisionOptions): void {
    this.total++;
    if (this.made.length >= MAX_DECISIONS) return;
    const d = describe(recorder, this.attribute, item, reason, opts);
    this.size += FIXED + Buffer.byteLength(d.key) + Buffer.byteLength(d.item) + Buffer.byteLength(d.rest);
    if (this.size > recorder.opts.limit && !this.bare) {
      this.bare = true;
      for (const earlier of this.made) earlier.item = "";
    }
    if (this.bare) d.item = "";
    this.made.push(d);
  }

  write(limit: number, at: string): Captured {
    const text = `[${this.made.map((d) => `{"key":${JSON.stringify(d.key)}${d.item && `,"item":${d.item}`}${d.rest}}`).join(",")}]`;
    const left: Cut[] = this.bare ? [{ at, kept: this.made.length, of: this.total }] : [];
    return fit(text, limit, at, left);
  }
}

/** The mask sees each part by itself, so that a key comes from a masked body. */
function describe(recorder: Recorder, attribute: string, item: unknown, reason: string, opts: DecisionOptions): Decision {
  const body = recorder.capture(attribute, "", item).text;
  const why = reason || opts.reason;
  let rest = why ? `,"reason":${JSON.stringify(recorder.message(attribute, why))}` : "";
  const criterion = opts.criterion && recorder.criterion(opts.criterion);
  if (criterion) rest += `,"criterion":${criterion}`;
  if (opts.score !== undefined && Number.isFinite(opts.score)) rest += `,"score":${opts.score}`;
  const whole = body.startsWith("{") || body.startsWith("[");
  return { key: opts.key === undefined ? keyOf(body) : recorder.message(attribute, opts.key), item: whole ? body : "", rest };
}

const KEYS = ["id", "key", "sku", "asin", "uuid", "url", "name", "title"];

function keyOf(body: string): string {
  if (!body.startsWith("{") && !body.startsWith("[")) return unquoted(body);
  const bytes = Buffer.from(body);
  const members = new Map<string, string>();
  for (const c of parse(bytes).children) {
    if (c.keyEnd === c.keyStart) continue;
    const name = (JSON.parse(bytes.toString("utf8", c.keyStart, c.keyEnd)) as string).toLowerCase();
    if (!members.has(name)) members.set(name, bytes.toString("utf8", c.start, c.end));
  }
  for (const name of KEYS) {
    const scalar = members.get(name) ?? "null";
    if (scalar !== "null" && scalar !== '""' && !/^[[{]/.test(scalar)) return unquoted(scalar);
  }
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

const unquoted = (scalar: string): string => (scalar.startsWith('"') ? (JSON.parse(scalar) as string) : scalar);
