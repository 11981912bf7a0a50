import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";

/** What was recorded and did not arrive. Thrown by XRay.shutdown(). */
export class LossError extends Error {
  constructor(
    readonly delivered: number,
    /** Not queued: the queue was full. */
    readonly dropped: number,
    /** Given up: the server refused, or stayed away. */
    readonly failed: number,
    /** Still waiting when time was up. */
    readonly waiting: number,
    cause: unknown,
  ) {
    const lost = dropped + failed + waiting;
    const parts = [[dropped, "dropped because the queue was full"], [failed, "given up"], [waiting, "still waiting when time was up"]]
      .filter(([n]) => n !== 0).map(([n, what]) => `${n} ${what}`);
    super(`xray: ${lost} of ${lost + delivered} spans were not delivered: ${parts.join(", ")}${cause ? `: ${String(cause)}` : ""}`, { cause });
    this.name = "LossError";
  }
}

export interface DeliveryOptions {
  /** Bytes that may wait; more is dropped and counted, since JavaScript cannot block. 64 MiB. */
  queueBytes: number;
  /** Bytes of a batch; a larger span goes alone. 4 MiB. */
  batchBytes: number;
  batchSpans: number;
  /** Milliseconds until a batch goes that is not full. */
  delay: number;
  /** Attempts of a batch that failed for a reason that may pass. */
  attempts: number;
}

export const defaultDelivery: DeliveryOptions = { queueBytes: 64 << 20, batchBytes: 4 << 20, batchSpans: 512, delay: 500, attempts: 8 };

interface Tally { root: string; started: number; ended: number; dropped: number }

/** Bounds the requests that a batch of nothing but bad spans causes. */
const MAX_SPLITS = 64;

/** True for a span that only announces a running step (docs/attributes.md). */
const pending = (s: ReadableSpan): boolean => s.attributes["xray.pending"] === true;

/**
 * The span processor between ended spans and the exporter: batches by bytes,
 * retries, halves what is refused as a whole, and counts every span's fate.
 */
export class Delivery implements SpanProcessor {
  private queue: { span: ReadableSpan; size: number }[] = [];
  private queued = 0;
  private inFlight = 0;
  private flying = 0; // spans of the batch under way whose fate is not known
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private closed = false;
  private over = false; // time for shutdown is up
  private readonly lost = { delivered: 0, dropped: 0, failed: 0 };
  private cause: unknown;
  private readonly tallies = new Map<string, Tally>();

  constructor(private readonly exporter: SpanExporter, private readonly opts: DeliveryOptions) {}

  onStart(s: ReadableSpan): void {
    if (pending(s)) return;
    const { traceId, spanId } = s.spanContext();
    const t = this.tallies.get(traceId);
    if (t) t.started++;
    else if (!s.parentSpanContext || s.parentSpanContext.isRemote) this.tallies.set(traceId, { root: spanId, started: 1, ended: 0, dropped: 0 });
  }

  /** Counts of a trace whose root is still open. */
  tally(traceId: string): { started: number; ended: number; dropped: number } | undefined {
    return this.tallies.get(traceId);
  }

  onEnd(s: ReadableSpan): void {
    const { traceId, spanId, traceFlags } = s.spanContext();
    const t = this.tallies.get(traceId);
    if (t && !pending(s)) {
      t.ended++;
      if (t.root === spanId) this.tallies.delete(traceId);
    }
    if ((traceFlags & 1) === 0) return;
    const item = { span: s, size: sizeOf(s) };
    if (this.closed || (this.queued > 0 && this.queued + this.inFlight + item.size > this.opts.queueBytes)) {
      if (!pending(s)) {
        this.lost.dropped++;
        if (t) t.dropped++;
      }
      return;
    }
    this.queue.push(item);
    this.queued += item.size;
    if (this.queued >= this.opts.batchBytes || this.queue.length >= this.opts.batchSpans) this.start();
    else this.timer ??= setTimeout(() => this.start(), this.opts.delay).unref();
  }

  private start(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sending ??= this.drain().finally(() => { this.sending = undefined; });
    return this.sending;
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0 && !this.over) {
      const batch = this.cut();
      const ended = new Set(batch.filter((s) => !pending(s)).map((s) => s.spanContext().spanId));
      await this.send(batch.filter((s) => !pending(s) || !ended.has(s.parentSpanContext?.spanId ?? "")));
      this.inFlight = 0;
    }
  }

  private cut(): ReadableSpan[] {
    let n = 0, bytes = 0;
    for (const it of this.queue) {
      if (n > 0 && (bytes + it.size > this.opts.batchBytes || n >= this.opts.batchSpans)) break;
      n++;
      bytes += it.size;
    }
    this.queued -= bytes;
    this.inFlight = bytes;
    const batch = this.queue.splice(0, n).map((it) => it.span);
    this.flying = batch.filter((s) => !pending(s)).length;
    return batch;
  }

  private async send(spans: ReadableSpan[], budget = { splits: MAX_SPLITS }): Promise<void> {
    if (spans.length === 0) return;
    const count = spans.filter((s) => !pending(s)).length;
    for (let attempt = 1; ; attempt++) {
      const result = await new Promise<ExportResult>((done) => this.exporter.export(spans, done));
      if (result.code === ExportResultCode.SUCCESS) {
        this.lost.delivered += count;
        this.flying -= count;
        return;
      }
      this.cause = result.error;
      const status = (result.error as { code?: unknown } | undefined)?.code;
      if ((status === 413 || status === 400) && spans.length > 1 && budget.splits > 0) {
        budget.splits--;
        const half = spans.length >> 1;
        await this.send(spans.slice(0, half), budget);
        return this.send(spans.slice(half), budget);
      }
      const final = typeof status === "number" && ![429, 502, 503, 504].includes(status);
      if (final || attempt >= this.opts.attempts || this.over) {
        if (this.over) return; // counted as waiting by close
        this.lost.failed += count;
        this.flying -= count;
        return;
      }
      await new Promise<void>((wake) => setTimeout(wake, Math.random() * Math.min(250 * 2 ** attempt, 10_000)));
    }
  }

  async forceFlush(): Promise<void> {
    while (this.queue.length > 0 || this.sending) await this.start();
  }

  shutdown(): Promise<void> {
    return this.close(5_000);
  }

  /** Sends what waits for at most ms; throws a LossError if something was not delivered. */
  async close(ms: number): Promise<void> {
    this.closed = true;
    let alarm: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => { alarm = setTimeout(() => { this.over = true; done(); }, ms); });
    await Promise.race([this.forceFlush(), late]);
    clearTimeout(alarm);
    const { delivered, dropped, failed } = this.lost;
    const waiting = this.over ? this.queue.filter((it) => !pending(it.span)).length + this.flying : 0;
    void this.exporter.shutdown().catch(() => {}); // its connections only: the spans are accounted for
    if (dropped + failed + waiting > 0) throw new LossError(delivered, dropped, failed, waiting, this.cause);
  }
}

/** What a span takes on the wire, roughly. */
function sizeOf(s: ReadableSpan): number {
  let n = 128 + s.name.length;
  for (const attrs of [s.attributes, ...s.events.map((e) => e.attributes ?? {})]) {
    for (const [k, v] of Object.entries(attrs)) n += 12 + k.length + (typeof v === "string" ? v.length : 8);
  }
  return n;
}
