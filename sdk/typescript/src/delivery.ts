import { diag } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import { LossError } from "./loss.js";
import type { Tally } from "./recorder.js";
import { Divisible, type Sender, Temporary } from "./sender.js";
import { pending, Tallies } from "./tally.js";

export interface DeliveryOptions {
  /**
   * Bytes that may wait, about what they take on the wire; more is dropped and
   * counted. When three quarters are taken, the ends of asynchronous steps
   * wait for room. 64 MiB.
   */
  queueBytes: number;
  /** Milliseconds that the end of an asynchronous step may wait for room, once per outage. */
  blockFor: number;
  /** Bytes of a batch; a larger span goes alone. 4 MiB. */
  batchBytes: number;
  batchSpans: number;
  /** Milliseconds until a batch goes that is not full. */
  delay: number;
  /** Milliseconds before the second attempt, doubling up to retryLongest, with jitter. */
  retryFirst: number;
  retryLongest: number;
  /** Milliseconds after which a batch is given up. */
  retryTotal: number;
}

export const defaultDelivery: DeliveryOptions = {
  queueBytes: 64 << 20, blockFor: 2_000, batchBytes: 4 << 20, batchSpans: 512, delay: 500,
  retryFirst: 250, retryLongest: 10_000, retryTotal: 300_000,
};

/** Bounds the requests that a batch of nothing but bad spans causes. */
const MAX_SPLITS = 64;

/**
 * The span processor between ended spans and the sender: batches by bytes,
 * retries, halves what is refused as a whole, and counts every span's fate.
 * OpenTelemetry's own counts spans and not bytes, drops without telling, and
 * loses a batch with its one bad span.
 */
export class Delivery implements SpanProcessor {
  private queue: { span: ReadableSpan; size: number }[] = [];
  private queued = 0;
  private inFlight = 0;
  private flying = 0; // spans of the batch under way whose fate is not known
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private closed: Promise<void> | undefined;
  private readonly stop = new AbortController(); // time for shutdown is up
  private readonly counts = { delivered: 0, dropped: 0, failed: 0, rejected: 0 };
  private cause: unknown;
  private warned = -Infinity;
  private full = false; // a step has waited in vain: do not wait again until there is room
  private waiters: (() => void)[] = [];
  private readonly tallies = new Tallies();

  constructor(
    private readonly sender: Sender,
    private readonly opts: DeliveryOptions,
  ) {}

  /** Counts of a trace whose root is still open. */
  tally(traceId: string): Tally | undefined {
    return this.tallies.of(traceId);
  }

  onStart(s: ReadableSpan): void {
    this.tallies.started(s);
  }

  onEnd(s: ReadableSpan): void {
    if ((s.spanContext().traceFlags & 1) === 0) return this.tallies.ended(s);
    const item = { span: s, size: sizeOf(s) };
    const used = this.queued + this.inFlight;
    if (this.closed || (used > 0 && used + item.size > this.opts.queueBytes)) {
      if (!pending(s)) {
        this.counts.dropped++;
        this.tallies.lost([s]);
      }
      return this.tallies.ended(s);
    }
    this.tallies.ended(s);
    this.queue.push(item);
    this.queued += item.size;
    if (this.queued >= this.opts.batchBytes || this.queue.length >= this.opts.batchSpans) void this.start();
    else this.timer ??= setTimeout(() => void this.start(), this.opts.delay).unref();
  }

  /** Resolves when there is room, or it has taken too long; undefined when there is now. */
  room(): Promise<void> | undefined {
    if (this.full || this.closed || this.queued + this.inFlight <= this.opts.queueBytes * 0.75) return undefined;
    return new Promise((done) => {
      const late = setTimeout(() => {
        this.full = true;
        done();
      }, this.opts.blockFor);
      this.waiters.push(() => {
        clearTimeout(late);
        done();
      });
    });
  }

  private start(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sending ??= this.drain().finally(() => {
      this.sending = undefined;
    });
    return this.sending;
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0 && !this.stop.signal.aborted) {
      const batch = this.cut();
      const ended = new Set(batch.filter((s) => !pending(s)).map((s) => s.spanContext().spanId));
      // A step that has ended needs no announcement.
      await this.send(batch.filter((s) => !pending(s) || !ended.has(s.parentSpanContext?.spanId ?? "")), { splits: MAX_SPLITS });
      this.inFlight = 0;
      this.full = false;
      for (const wake of this.waiters.splice(0)) wake();
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

  /** Sends spans; what is refused as a whole is halved, so that one bad span does not take the others down. */
  private async send(spans: ReadableSpan[], budget: { splits: number }): Promise<void> {
    if (spans.length === 0) return;
    const counted = spans.filter((s) => !pending(s));
    try {
      const { rejected, message } = await this.retried(spans);
      const lost = Math.min(rejected, counted.length);
      this.fate("delivered", counted.length - lost);
      if (lost > 0) this.lose("rejected", counted, lost, new Error(`the server rejected ${rejected} spans: ${message}`));
    } catch (err) {
      if (err instanceof Divisible && spans.length > 1 && budget.splits > 0) {
        budget.splits--;
        const half = spans.length >> 1;
        await this.send(spans.slice(0, half), budget);
        return this.send(spans.slice(half), budget);
      }
      if (!this.stop.signal.aborted) return this.lose("failed", counted, counted.length, err);
      this.cause = err; // counted as waiting by close
    }
  }

  private async retried(spans: ReadableSpan[]): Promise<{ rejected: number; message: string }> {
    const deadline = performance.now() + this.opts.retryTotal;
    for (let pause = this.opts.retryFirst; ; pause = Math.min(2 * pause, this.opts.retryLongest)) {
      try {
        return await this.sender.send(spans);
      } catch (err) {
        if (!(err instanceof Temporary)) throw err;
        // Jitter, so that many programs do not come back at once; never less
        // than the server asked for.
        const wait = Math.max(err.after, Math.random() * pause);
        if (this.stop.signal.aborted || performance.now() + wait > deadline) throw err;
        this.warn(err);
        await this.sleep(wait);
        if (this.stop.signal.aborted) throw err;
      }
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((done) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.stop.signal.removeEventListener("abort", wake);
        done();
      };
      const timer = setTimeout(wake, ms);
      this.stop.signal.addEventListener("abort", wake);
    });
  }

  /** A server that is away is one piece of news, not one per batch. */
  private warn(err: Error): void {
    this.cause = err;
    if (performance.now() - this.warned < 30_000) return;
    this.warned = performance.now();
    diag.warn(`xray: cannot send for now, trying again: ${err.message}`);
  }

  private fate(what: keyof typeof this.counts, n: number): void {
    this.counts[what] += n;
    this.flying -= n;
  }

  private lose(what: "failed" | "rejected", spans: ReadableSpan[], n: number, err: unknown): void {
    this.cause = err;
    this.fate(what, n);
    this.tallies.lost(spans, n);
    diag.error(`xray: ${n} spans were not delivered: ${String(err)}`);
  }

  async forceFlush(): Promise<void> {
    while (this.queue.length > 0 || this.sending) await this.start();
  }

  /** Waits until all that was queued is delivered or given up; throws a LossError for all loss so far. */
  async flush(): Promise<void> {
    await this.forceFlush();
    this.report(0);
  }

  /** The provider's shutdown. */
  shutdown(): Promise<void> {
    return this.close(5_000);
  }

  /** Sends what waits for at most ms; throws a LossError if something was not delivered. */
  close(ms: number): Promise<void> {
    this.closed ??= this.finish(ms);
    return this.closed;
  }

  private async finish(ms: number): Promise<void> {
    let alarm: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      alarm = setTimeout(() => {
        this.stop.abort();
        done();
      }, ms);
    });
    await Promise.race([this.forceFlush(), late]);
    clearTimeout(alarm);
    const waiting = this.stop.signal.aborted ? this.queue.filter((it) => !pending(it.span)).length + this.flying : 0;
    for (const wake of this.waiters.splice(0)) wake();
    this.sender.close();
    this.report(waiting);
  }

  private report(waiting: number): void {
    const { dropped, failed, rejected } = this.counts;
    if (dropped + failed + rejected + waiting > 0) throw new LossError({ ...this.counts, waiting }, this.cause);
  }
}

/** What a span takes on the wire, roughly. */
function sizeOf(s: ReadableSpan): number {
  let n = 128 + s.name.length + 48 * s.links.length;
  for (const attrs of [s.attributes, ...s.events.map((e) => e.attributes ?? {})]) {
    for (const [k, v] of Object.entries(attrs)) {
      n += 12 + k.length + (typeof v === "string" ? v.length : Array.isArray(v) ? 8 * v.length : 8);
    }
  }
  return n;
}
