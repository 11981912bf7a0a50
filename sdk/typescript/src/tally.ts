import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { names } from "./names.js";
import type { Tally } from "./recorder.js";

/** True for a span that only announces a running step (docs/attributes.md). */
export const pending = (s: ReadableSpan): boolean => s.attributes[names.pending] === true;

const sampled = (s: ReadableSpan): boolean => (s.spanContext().traceFlags & 1) !== 0;

/**
 * Counts the sampled spans of each trace, whoever made them, from the start of
 * its local root (the first span without a parent in this process) to that
 * root's end.
 */
export class Tallies {
  private readonly traces = new Map<string, Tally & { root: string }>();

  of(traceId: string): Tally | undefined {
    return this.traces.get(traceId);
  }

  started(s: ReadableSpan): void {
    if (pending(s) || !sampled(s)) return;
    const { traceId, spanId } = s.spanContext();
    let t = this.traces.get(traceId);
    if (!t) {
      if (s.parentSpanContext && !s.parentSpanContext.isRemote) return; // its root has ended: too late for a receipt
      this.traces.set(traceId, (t = { root: spanId, started: 0, ended: 0, dropped: 0 }));
    }
    t.started++;
  }

  ended(s: ReadableSpan): void {
    if (pending(s)) return;
    const { traceId, spanId } = s.spanContext();
    const t = this.traces.get(traceId);
    if (!t) return;
    t.ended++;
    if (t.root === spanId) this.traces.delete(traceId);
  }

  /** Spans that did not arrive; n of them if it is not known which. */
  lost(spans: ReadableSpan[], n = spans.length): void {
    const traces = spans.map((s) => s.spanContext().traceId);
    if (n < spans.length && new Set(traces).size > 1) return; // whose they are only the server knows
    for (const id of traces.slice(0, n)) {
      const t = this.traces.get(id);
      if (t) t.dropped++;
    }
  }
}
