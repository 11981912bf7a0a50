import { type Attributes, type Context, context, isValidTraceId, type Span, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import { encode } from "./encode.js";
import { type Cut, fit, MAX_CUTS } from "./fit.js";

/** What a step does: the vocabulary of xray.step.type. */
export type StepType =
  | "llm" | "embedding" | "retriever" | "reranker" | "tool" | "agent" | "chain"
  | "guardrail" | "evaluator" | "prompt" | "parser" | "memory" | "function";

/** Changes what is recorded before it leaves the program; gets and returns JSON. */
export type Mask = (attribute: string, json: string) => string;

/** How an XRay records; made from its options. */
export interface Recorder {
  tracer: Tracer;
  limit: number;
  mask: Mask | undefined;
  live: boolean;
  autoReasoning: boolean | undefined;
  projectId: string | undefined;
  uiUrl: string | undefined;
  tally: (traceId: string) => { started: number; ended: number; dropped: number } | undefined;
}

export interface StepOptions {
  type?: StepType;
}

export interface DecisionOptions {
  key?: string;
  reason?: string;
  score?: number;
  criterion?: { field: string; op: string; value?: unknown };
}

interface Recorded {
  name: string;
  input?: unknown;
  output?: unknown;
  error?: string;
  durationMs: number;
  reasoning?: string;
}

const MAX_RECORD_STEPS = 1000;
const MAX_RECORD_BYTES = 4 << 20;

/** What all contexts of one execution share. */
class Run {
  started = 0;
  ended = 0;
  cut = 0;
  bytes = 0;
  readonly steps: Recorded[] = [];
  readonly metadata: Record<string, unknown> = {};
  outcome: string | undefined;
  /** Stands in for the trace id when nothing is recorded. */
  readonly spare = crypto.randomUUID().replaceAll("-", "");
  constructor(readonly executionId: string | undefined) {}
}

/** One open span and what has been said about it. */
class Scope {
  readonly truncated: string[] = [];
  cuts: Cut[] = [];
  readonly texts: Record<string, string> = {};
  readonly kept: object[] = [];
  readonly dropped: object[] = [];
  readonly criteria: object[] = [];
  error: string | undefined;
  reasoning: string | undefined;
  type: StepType = "function";
  readonly begun = performance.now();
  constructor(readonly recorder: Recorder, readonly span: Span, readonly otel: Context, readonly name: string) {}

  capture(key: string, at: string, value: unknown): string {
    const { limit, mask } = this.recorder;
    const whole = encode(value, 2 * limit, at);
    const masked = mask ? applyMask(mask, key, whole.text) : whole.text;
    const { text, cuts } = fit(masked, limit, at, whole.cuts);
    if (cuts.length > 0) {
      if (!this.truncated.includes(key)) this.truncated.push(key);
      this.cuts = [...this.cuts, ...cuts].slice(0, MAX_CUTS);
    }
    return text;
  }

  set(key: string, at: string, value: unknown): void {
    if (!this.span.isRecording()) return;
    const i = this.truncated.indexOf(key); // set again: earlier cuts are gone
    if (i >= 0) {
      this.truncated.splice(i, 1);
      this.cuts = this.cuts.filter((c) => c.at !== at && !c.at.startsWith(at + "/"));
    }
    this.texts[key] = this.capture(key, at, value);
    this.span.setAttribute(key, this.texts[key]);
  }

  fail(err: unknown): void {
    const e = err instanceof Error ? err : new Error(String(err));
    const message = this.message("exception.message", e.message);
    if (!this.span.isRecording() || this.error === message) return;
    this.error = message;
    this.span.addEvent("exception", { "exception.type": e.name, "exception.message": message, ...(e.stack ? { "exception.stacktrace": this.message("exception.stacktrace", e.stack) } : {}) });
    this.span.setStatus({ code: SpanStatusCode.ERROR, message });
  }

  message(key: string, text: string): string {
    let s = text.toWellFormed();
    const { mask } = this.recorder;
    if (mask) {
      const masked: unknown = JSON.parse(applyMask(mask, key, JSON.stringify(s)));
      s = typeof masked === "string" ? masked : JSON.stringify(masked);
    }
    return s.length > 8192 ? s.slice(0, 8192).toWellFormed() + "…" : s;
  }

  /** Writes what has been gathered; the caller ends the span. */
  finish(run: Run): void {
    if (!this.span.isRecording()) return;
    const attrs: Attributes = { "xray.step.type": this.type };
    for (const [key, list] of [["xray.items.kept", this.kept], ["xray.items.dropped", this.dropped], ["xray.criteria", this.criteria]] as const) {
      if (list.length > 0) attrs[key] = this.decisions(key, list);
    }
    if (this.truncated.length > 0) {
      run.cut += this.truncated.length;
      attrs["xray.truncated"] = [...this.truncated];
      attrs["xray.truncated.at"] = JSON.stringify(this.cuts);
    }
    this.span.setAttributes(attrs);
  }

  /** Every key counts: bodies are left out before the list is shortened. */
  private decisions(key: string, list: object[]): string {
    const at = `/attributes/${key}`;
    const whole = encode(list, Infinity, at);
    if (Buffer.byteLength(whole.text) <= this.recorder.limit) return this.capture(key, at, list);
    const text = this.capture(key, at, list.map((d) => ({ ...d, item: undefined })));
    if (!this.truncated.includes(key)) {
      this.truncated.push(key);
      this.cuts.push({ at, kept: list.length, of: list.length });
    }
    return text;
  }
}

function applyMask(mask: Mask, key: string, json: string): string {
  let masked: string;
  try {
    masked = String(mask(key, json)).toWellFormed();
  } catch {
    return JSON.stringify("[not recorded: the mask failed]");
  }
  try {
    return JSON.stringify(JSON.parse(masked));
  } catch {
    return JSON.stringify(masked);
  }
}

/**
 * An execution, or a step of it, while it runs. `trackExecution` and `step`
 * hand one to the function they run; all methods are safe to call at any time
 * and never throw.
 */
export class ExecutionContext {
  /** @internal */
  constructor(private readonly scope: Scope, private readonly run: Run, private readonly root: Scope) {}

  /** Runs fn as a step and returns what it returns; an error is recorded and thrown on. */
  async step<T>(name: string, fn: (ctx: ExecutionContext) => Promise<T> | T, input?: unknown, opts: StepOptions = {}): Promise<T> {
    const child = this.open(name, input, opts);
    try {
      const out = await context.with(child.scope.otel, () => fn(child));
      child.returned(out);
      return out;
    } catch (err) {
      child.scope.fail(err);
      throw err;
    } finally {
      child.close();
    }
  }

  /** `step` for a function that is not asynchronous. */
  stepSync<T>(name: string, fn: (ctx: ExecutionContext) => T, input?: unknown, opts: StepOptions = {}): T {
    const child = this.open(name, input, opts);
    try {
      const out = context.with(child.scope.otel, () => fn(child));
      child.returned(out);
      return out;
    } catch (err) {
      child.scope.fail(err);
      throw err;
    } finally {
      child.close();
    }
  }

  /** What came of the execution, where that is not simply the function's result. */
  setFinalOutcome(value: unknown): void {
    this.root.set("xray.execution.outcome", "/attributes/xray.execution.outcome", value);
    this.run.outcome = this.root.texts["xray.execution.outcome"];
  }

  /** Marks the step (or, outside of one, the execution) as failed. */
  setError(err: unknown): void {
    this.scope.fail(err);
  }

  setMetadata(key: string, value: unknown): void {
    if (this.root.span.isRecording()) this.run.metadata[key] = value;
  }

  setSession(id: string): void {
    this.root.span.setAttribute("session.id", this.root.message("session.id", id));
  }

  setUser(id: string): void {
    this.root.span.setAttribute("user.id", this.root.message("user.id", id));
  }

  setTags(...tags: string[]): void {
    this.root.span.setAttribute("xray.tags", tags);
  }

  /** The program's own explanation of the step. */
  setReasoning(text: string): void {
    this.scope.reasoning = this.scope.message("xray.reasoning", text);
    this.scope.span.setAttribute("xray.reasoning", this.scope.reasoning);
  }

  /** OpenTelemetry attributes of the step, e.g. gen_ai.*. */
  setAttributes(attrs: Attributes): void {
    this.scope.span.setAttributes(attrs);
  }

  /** Records that the step let a candidate pass, and why. */
  keep(item: unknown, reason = "", opts: DecisionOptions = {}): void {
    this.decide(this.scope.kept, "xray.items.kept", item, reason, opts);
  }

  /** Records that the step took a candidate out, and why. */
  drop(item: unknown, reason = "", opts: DecisionOptions = {}): void {
    this.decide(this.scope.dropped, "xray.items.dropped", item, reason, opts);
  }

  /** Records a condition that the step applied to all candidates. */
  criterion(field: string, op: string, value?: unknown): void {
    if (this.scope.span.isRecording()) this.scope.criteria.push({ field, op, value });
  }

  /** The id by which the execution can be found: the program's own, else the trace id. */
  getExecutionId(): string {
    const { traceId } = this.root.span.spanContext();
    return this.run.executionId ?? (isValidTraceId(traceId) ? traceId : this.run.spare);
  }

  /** Where the execution can be seen; undefined if unknown. */
  getUrl(): string | undefined {
    const base = this.scope.recorder.uiUrl;
    return base && this.root.span.isRecording() ? `${base}/executions/${this.root.span.spanContext().traceId}` : undefined;
  }

  /** The execution so far, in the form that POST /api/executions takes. */
  toJSON(): object {
    const outcome = this.run.outcome ?? this.root.texts["xray.output"];
    return {
      executionId: this.getExecutionId(),
      projectId: this.scope.recorder.projectId,
      name: this.root.name,
      metadata: JSON.parse(encode(this.run.metadata, 1 << 20, "").text) as unknown,
      steps: this.run.steps,
      finalOutcome: outcome === undefined ? undefined : (JSON.parse(outcome) as unknown),
    };
  }

  /** Ends an execution that was begun by createContext. */
  end(err?: unknown): void {
    if (err !== undefined) this.scope.fail(err);
    this.close();
  }

  private decide(list: object[], attribute: string, item: unknown, reason: string, opts: DecisionOptions): void {
    if (!this.scope.span.isRecording()) return;
    const text = encode(item, this.scope.recorder.limit, "").text;
    const { mask } = this.scope.recorder;
    const body = JSON.parse(mask ? applyMask(mask, attribute, text) : text) as unknown;
    const whole = typeof body === "object" && body !== null;
    list.push({
      key: opts.key ?? keyOf(body),
      item: whole ? body : undefined,
      reason: reason || opts.reason || undefined,
      criterion: opts.criterion,
      score: opts.score,
    });
  }

  private open(name: string, input: unknown, opts: StepOptions): ExecutionContext {
    const active = context.active();
    const inside = trace.getSpan(active)?.spanContext().traceId === this.root.span.spanContext().traceId;
    // A step started on an outer ctx within an inner step belongs under the inner one's span.
    return begin(this.scope.recorder, name, inside ? active : this.scope.otel, input, opts.type ?? "function", this.run, this.root);
  }

  /** @internal */
  returned(out: unknown): void {
    if (out !== undefined) this.scope.set("xray.output", "/output", out);
  }

  /** @internal */
  close(): void {
    const { scope, run } = this;
    if (!scope.span.isRecording()) return;
    scope.finish(run);
    if (scope === this.root) this.sum();
    else this.record();
    run.ended++;
    scope.span.end();
  }

  /** @internal */
  get otel(): Context {
    return this.scope.otel;
  }

  private record(): void {
    const { scope, run } = this;
    if (run.steps.length >= MAX_RECORD_STEPS) return;
    const step: Recorded = { name: scope.name, durationMs: performance.now() - scope.begun };
    const { "xray.input": input, "xray.output": output } = scope.texts;
    run.bytes += (input?.length ?? 0) + (output?.length ?? 0);
    if (run.bytes <= MAX_RECORD_BYTES) {
      if (input !== undefined) step.input = JSON.parse(input);
      if (output !== undefined) step.output = JSON.parse(output);
    }
    if (scope.error !== undefined) step.error = scope.error;
    if (scope.reasoning !== undefined) step.reasoning = scope.reasoning;
    run.steps.push(step);
  }

  private sum(): void {
    const { scope, run } = this;
    if (Object.keys(run.metadata).length > 0) scope.set("xray.metadata", "/attributes/xray.metadata", run.metadata);
    const t = scope.recorder.tally(scope.span.spanContext().traceId) ?? { started: run.started, ended: run.ended, dropped: 0 };
    scope.span.setAttributes({
      "xray.receipt.started": t.started,
      "xray.receipt.ended": t.ended + 1, // and this one
      "xray.receipt.dropped": t.dropped,
      "xray.receipt.cut": run.cut,
    });
  }
}

/** @internal Begins an execution, or with run and root a step of one. */
export function begin(recorder: Recorder, name: string, parent: Context, input: unknown, type: StepType, run?: Run, root?: Scope, executionId?: string): ExecutionContext {
  const above = trace.getSpanContext(parent);
  const startTime = Date.now();
  // The pending span must have the same start; otherwise OpenTelemetry's clock is finer.
  const span = recorder.tracer.startSpan(name, recorder.live ? { startTime } : {}, parent);
  const otel = trace.setSpan(parent, span);
  const scope = new Scope(recorder, span, otel, name);
  scope.type = type;
  const ctx = new ExecutionContext(scope, run ?? new Run(executionId), root ?? scope);
  if (!span.isRecording()) return ctx;
  (ctx as unknown as { run: Run }).run.started++;
  if (!root) {
    if (executionId !== undefined) span.setAttribute("xray.execution.id", executionId.slice(0, 256));
    if (above) span.setAttribute("xray.execution.name", name);
    if (recorder.autoReasoning !== undefined) span.setAttribute("xray.auto_reasoning", recorder.autoReasoning);
  }
  if (input !== undefined) scope.set("xray.input", "/input", input);
  if (recorder.live) announce(recorder, scope, startTime, above?.traceId === span.spanContext().traceId ? above.spanId : undefined);
  return ctx;
}

/** Sends the pending span of a step that has just started (docs/attributes.md). */
function announce(recorder: Recorder, scope: Scope, startTime: number, parent: string | undefined): void {
  recorder.tracer.startSpan(scope.name, {
    startTime,
    attributes: { "xray.pending": true, "xray.pending.span_id": scope.span.spanContext().spanId, ...(parent ? { "xray.pending.parent_id": parent } : {}) },
  }, scope.otel).end(startTime);
}

function keyOf(body: unknown): string {
  if (typeof body !== "object" || body === null) return String(body);
  const fields = new Map(Object.entries(body).map(([k, v]) => [k.toLowerCase(), v as unknown]));
  for (const name of ["id", "key", "sku", "asin", "uuid", "url", "name", "title"]) {
    const v = fields.get(name);
    if (typeof v === "number" || (typeof v === "string" && v !== "")) return String(v);
  }
  return JSON.stringify(body).slice(0, 64);
}
