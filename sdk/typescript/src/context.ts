import { type Attributes, type Context, context, isValidTraceId, trace, TraceFlags } from "@opentelemetry/api";
import { begin, type StepOptions } from "./begin.js";
import type { DecisionOptions } from "./decide.js";
import { type Call, type LLMRequest, runCall, startCall } from "./llm.js";
import { names, pointerOf, type StepType } from "./names.js";
import { currentStep, type OpenStep } from "./openstep.js";

/**
 * An execution, or a step of it, while it runs. `trackExecution` and `step`
 * hand one to the function they run; all methods are safe to call at any time,
 * never throw, and do nothing after the end.
 */
export class ExecutionContext {
  private readonly own: OpenStep;

  /** @internal */
  constructor(own: OpenStep) {
    this.own = own;
  }

  /** Runs fn as a step and returns what it returns; an error is recorded and thrown on. */
  async step<T>(name: string, fn: (ctx: ExecutionContext) => Promise<T> | T, input?: unknown, opts: StepOptions = {}): Promise<T> {
    return runAsync(this.open(name, input, opts), fn);
  }

  /** `step` for a function that is not asynchronous. */
  stepSync<T>(name: string, fn: (ctx: ExecutionContext) => T, input?: unknown, opts: StepOptions = {}): T {
    return runSync(this.open(name, input, opts), fn);
  }

  /** Begins a step that `end` ends, for code that is not one function. */
  startStep(name: string, input?: unknown, opts: StepOptions = {}): ExecutionContext {
    return this.open(name, input, opts);
  }

  /** Runs fn, a call to a language model, as a step with OpenTelemetry's GenAI attributes; see `Call`. */
  async llm<T>(request: LLMRequest, fn: (call: Call) => Promise<T> | T): Promise<T> {
    return runCall(startCall(this.own.recorder, request, this.around(), this.own.run), fn);
  }

  /** What came of the execution, where that is not simply the function's result. */
  setFinalOutcome(value: unknown): void {
    this.root.set(names.outcome, pointerOf(names.outcome), value);
  }

  /** Marks the step (or, on the execution's own context, the execution) as failed. */
  setError(err: unknown): void {
    this.own.fail(err);
  }

  /** Adds one entry to the execution's metadata. */
  setMetadata(key: string, value: unknown): void {
    this.own.run?.setMetadata(key, value);
  }

  /** Says which conversation or session the execution belongs to. */
  setSession(id: string): void {
    this.root.label(names.session, id);
  }

  /** Says on whose behalf the execution runs. */
  setUser(id: string): void {
    this.root.label(names.user, id);
  }

  /** Labels the execution; a tag that it has already is not added twice. */
  setTags(...tags: string[]): void {
    this.own.run?.addTags(tags);
  }

  /** Replaces the recorded input of the step. */
  setInput(value: unknown): void {
    this.own.set(names.input, "/input", value);
  }

  /** Records what the step returned; `step` does it by itself unless the function returns undefined. */
  setOutput(value: unknown): void {
    this.own.set(names.output, "/output", value);
  }

  setType(type: StepType): void {
    this.own.type = type;
  }

  /** The program's own explanation of the step. */
  setReasoning(text: string): void {
    this.own.label(names.reasoning, text);
  }

  /** OpenTelemetry attributes of the step, e.g. gen_ai.*. */
  setAttributes(attrs: Attributes): void {
    if (this.own.recording) this.own.span.setAttributes(attrs);
  }

  /** Records that the step let a candidate pass, and why. */
  keep(item: unknown, reason = "", opts: DecisionOptions = {}): void {
    if (this.own.recording) this.own.kept.add(this.own.recorder, item, reason, opts);
  }

  /** Records that the step took a candidate out, and why. */
  drop(item: unknown, reason = "", opts: DecisionOptions = {}): void {
    if (this.own.recording) this.own.dropped.add(this.own.recorder, item, reason, opts);
  }

  /** Records the fate of all candidates of the step at once. */
  items(kept: Iterable<unknown>, dropped: Iterable<unknown> = []): void {
    for (const item of kept) this.keep(item);
    for (const item of dropped) this.drop(item);
  }

  /** Records a condition that the step applied to all candidates. */
  criterion(field: string, op: string, value?: unknown): void {
    this.own.criterion({ field, op, value });
  }

  /** The id by which the execution can be found: the program's own, else the trace id. */
  getExecutionId(): string {
    const { traceId } = this.root.span.spanContext();
    return this.own.run?.executionId ?? (isValidTraceId(traceId) ? traceId : (this.own.run?.spare ?? ""));
  }

  /** Where the execution can be seen; undefined if nothing is recorded or the address is not known. */
  getUrl(): string | undefined {
    const base = this.own.recorder.opts.uiUrl;
    const { traceId, traceFlags } = this.root.span.spanContext();
    return base && (traceFlags & TraceFlags.SAMPLED) !== 0 ? `${base}/executions/${traceId}` : undefined;
  }

  /**
   * The execution so far, in the form that POST /api/executions takes. At most
   * 1,000 steps and 4 MiB of inputs and outputs are kept for it.
   */
  toJSON(): object {
    return this.own.run?.toJSON(this.getExecutionId()) ?? {};
  }

  /** Ends what createContext or startStep began. Only the first call counts. */
  end(err?: unknown): void {
    if (err !== undefined) this.own.fail(err);
    this.own.close();
  }

  /** Runs fn so that steps within it, and spans of other instrumentations, belong under this one. */
  with<T>(fn: () => T): T {
    return context.with(this.own.otel, fn);
  }

  private get root(): OpenStep {
    return this.own.run?.root ?? this.own;
  }

  /** @internal Resolves when the queue has room for what has ended. */
  room(): Promise<void> | undefined {
    return this.own.recorder.opts.room();
  }

  private open(name: string, input: unknown, opts: StepOptions): ExecutionContext {
    return new ExecutionContext(begin(this.own.recorder, name, this.around(), this.own.run, input, opts));
  }

  /** A step that is started on an outer context within an inner step belongs under the inner one. */
  private around(): Context {
    const active = context.active();
    const inside = trace.getSpanContext(active)?.traceId === this.own.span.spanContext().traceId;
    return inside && currentStep()?.run === this.own.run ? active : this.own.otel;
  }
}

/** @internal */
export async function runAsync<T>(ctx: ExecutionContext, fn: (ctx: ExecutionContext) => Promise<T> | T): Promise<T> {
  try {
    const out = await ctx.with(() => fn(ctx));
    if (out !== undefined) ctx.setOutput(out);
    return out;
  } catch (err) {
    ctx.setError(err);
    throw err;
  } finally {
    ctx.end();
    const room = ctx.room();
    if (room) await room;
  }
}

/** @internal */
export function runSync<T>(ctx: ExecutionContext, fn: (ctx: ExecutionContext) => T): T {
  try {
    const out = ctx.with(() => fn(ctx));
    if (out !== undefined) ctx.setOutput(out);
    return out;
  } catch (err) {
    ctx.setError(err);
    throw err;
  } finally {
    ctx.end();
  }
}
