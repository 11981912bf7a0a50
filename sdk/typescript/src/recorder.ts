import type { Tracer } from "@opentelemetry/api";
import { encode } from "./encode.js";
import { type Cut, fit } from "./fit.js";
import { applyMask, type Mask } from "./mask.js";
import { names } from "./names.js";

/** How many spans of one trace were started, ended, and given up before they arrived. */
export interface Tally {
  started: number;
  ended: number;
  dropped: number;
}

/** A condition that a step applied to a field of its candidates: rating >= 7. */
export interface Criterion {
  field: string;
  /** One of = != < <= > >= in not_in contains missing present. */
  op: string;
  value?: unknown;
}

/** A captured value: JSON text, and where it was shortened. */
export interface Captured {
  text: string;
  cuts: Cut[];
}

export interface RecorderOptions {
  tracer: Tracer;
  limit: number;
  mask: Mask | undefined;
  live: boolean;
  autoReasoning: boolean | undefined;
  projectId: string | undefined;
  uiUrl: string | undefined;
  /** Counts of a trace whose root is still open; undefined where nobody counts. */
  tally: (traceId: string) => Tally | undefined;
  /** Resolves when the queue has room; undefined when it has now. */
  room: () => Promise<void> | undefined;
}

const MAX_MESSAGE = 8 << 10; // characters of an error message

/** Turns values into what is recorded: masked, then bounded. */
export class Recorder {
  constructor(readonly opts: RecorderOptions) {}

  capture(key: string, at: string, value: unknown): Captured {
    // Twice the limit is enough to share it fairly; the rest would be thrown
    // away, and the program would pay for it.
    const { text, cuts } = this.masked(key, at, value);
    return fit(text, this.opts.limit, at, cuts);
  }

  /** The value before it is shortened. */
  masked(key: string, at: string, value: unknown): Captured {
    const whole = encode(value, 2 * this.opts.limit, at);
    return this.opts.mask ? { text: applyMask(this.opts.mask, key, whole.text), cuts: whole.cuts } : whole;
  }

  /** Masks and bounds a text that is recorded as it is, not as JSON. */
  message(key: string, text: string): string {
    let s = String(text).toWellFormed();
    if (this.opts.mask) {
      const masked = applyMask(this.opts.mask, key, JSON.stringify(s));
      const said: unknown = JSON.parse(masked);
      s = typeof said === "string" ? said : masked;
    }
    return s.length > MAX_MESSAGE ? s.slice(0, MAX_MESSAGE).toWellFormed() + "…" : s;
  }

  /** The text of a criterion; undefined if the mask left none. */
  criterion({ field, op, value }: Criterion): string | undefined {
    const { text } = this.masked(names.criteria, "", { field, op, value: value ?? undefined });
    return text.startsWith("{") ? text : undefined;
  }
}
