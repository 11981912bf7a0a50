import { type Attributes, type Context, context, createContextKey, type Span, SpanStatusCode } from "@opentelemetry/api";
import { Decisions } from "./decide.js";
import { type Cut, fit, MAX_CUTS } from "./fit.js";
import { names, pointerOf, type StepType } from "./names.js";
import type { Captured, Criterion, Recorder } from "./recorder.js";
import type { Run } from "./run.js";

const MAX_CRITERIA = 1000;
const CURRENT = createContextKey("xray-step");

/** The innermost open step (an execution's own counts) of what runs now. */
export function currentStep(): OpenStep | undefined {
  return context.active().getValue(CURRENT) as OpenStep | undefined;
}

/** A step between its start and its end: a span, and what has been said about it. */
export class OpenStep {
  /** What was written last under a payload's attribute. */
  readonly texts: Record<string, string> = {};
  readonly kept = new Decisions(names.kept);
  readonly dropped = new Decisions(names.dropped);
  type: StepType = "function";
  error: string | undefined;
  readonly begun = performance.now();
  private readonly truncated: string[] = [];
  private cuts: Cut[] = [];
  private readonly criteria: string[] = [];

  /** What runs in this step runs with this. */
  readonly otel: Context;

  constructor(
    readonly recorder: Recorder,
    readonly span: Span,
    otel: Context,
    readonly name: string,
    readonly run: Run | undefined,
  ) {
    this.otel = otel.setValue(CURRENT, this);
  }

  get recording(): boolean {
    return this.span.isRecording();
  }

  /** Records a payload; one that is set again replaces the earlier one and its cuts. */
  set(key: string, at: string, value: unknown): void {
    if (this.recording) this.write(key, at, this.recorder.capture(key, at, value));
  }

  write(key: string, at: string, captured: Captured): void {
    const i = this.truncated.indexOf(key);
    if (i >= 0) {
      this.truncated.splice(i, 1);
      this.cuts = this.cuts.filter((c) => c.at !== at && !c.at.startsWith(at + "/"));
    }
    this.noteCuts(key, captured.cuts);
    this.texts[key] = captured.text;
    this.span.setAttribute(key, captured.text);
  }

  /** Records a text that is masked but not JSON. */
  label(key: string, text: string): void {
    if (!this.recording) return;
    this.texts[key] = this.recorder.message(key, text);
    this.span.setAttribute(key, this.texts[key]);
  }

  criterion(by: Criterion): void {
    if (!this.recording || this.criteria.length >= MAX_CRITERIA) return;
    const text = this.recorder.criterion(by);
    if (text) this.criteria.push(text);
  }

  fail(err: unknown): void {
    if (!this.recording) return;
    const { name, message, stack } = described(err);
    const text = this.recorder.message("exception.message", message);
    if (this.error === text) return; // setError, then thrown on: one failure
    this.error = text;
    this.span.addEvent("exception", {
      "exception.type": name,
      "exception.message": text,
      ...(stack ? { "exception.stacktrace": this.recorder.message("exception.stacktrace", stack) } : {}),
    });
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: text });
  }

  private gathered(): Attributes {
    const attrs: Attributes = { [names.stepType]: this.type };
    const { limit } = this.recorder.opts;
    const add = (key: string, captured: Captured): void => {
      this.noteCuts(key, captured.cuts);
      attrs[key] = captured.text;
    };
    if (!this.kept.empty) add(names.kept, this.kept.write(limit, pointerOf(names.kept)));
    if (!this.dropped.empty) add(names.dropped, this.dropped.write(limit, pointerOf(names.dropped)));
    if (this.criteria.length > 0) add(names.criteria, fit(`[${this.criteria.join(",")}]`, limit, pointerOf(names.criteria)));
    if (this.truncated.length > 0) {
      this.run?.shortened(this.truncated.length);
      attrs[names.truncated] = [...this.truncated];
      attrs[names.truncatedAt] = JSON.stringify(this.cuts);
    }
    return attrs;
  }

  /** Writes what has been gathered and ends the span. Only the first call counts. */
  close(): void {
    const { run } = this;
    if (!this.recording) return;
    if (this === run?.root) run.writeMetadata();
    const attrs = this.gathered();
    if (this === run?.root) Object.assign(attrs, run.receipt()); // last: it counts what was cut above, too
    this.span.setAttributes(attrs);
    run?.finished(this);
    this.span.end();
  }

  private noteCuts(key: string, cuts: Cut[]): void {
    if (cuts.length === 0) return;
    this.truncated.push(key);
    this.cuts = [...this.cuts, ...cuts].slice(0, MAX_CUTS);
  }
}

/** What is thrown need not be an Error, and its getters may throw themselves. */
function described(err: unknown): { name: string; message: string; stack: string | undefined } {
  try {
    if (err instanceof Error) return { name: err.name, message: String(err.message), stack: err.stack };
    return { name: typeof err, message: String(err), stack: undefined };
  } catch {
    return { name: "Error", message: "[its text cannot be read]", stack: undefined };
  }
}
