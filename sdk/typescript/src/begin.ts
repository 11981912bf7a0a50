import { type Attributes, type Context, context, type Link, ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import { hrTime } from "@opentelemetry/core";
import { names, type StepType } from "./names.js";
import { currentStep, OpenStep } from "./openstep.js";
import type { Recorder } from "./recorder.js";
import { Run } from "./run.js";

export interface StepOptions {
  type?: StepType;
  /** OpenTelemetry attributes. */
  attributes?: Attributes;
}

/** Opens a step below parent, as one of run. */
export function begin(recorder: Recorder, name: string, parent: Context, run: Run | undefined, input: unknown, opts: StepOptions): OpenStep {
  const step = openSpan(recorder, name, parent, run, SpanKind.INTERNAL);
  if (opts.type) step.type = opts.type;
  if (opts.attributes && step.recording) step.span.setAttributes(opts.attributes);
  if (input !== undefined) step.set(names.input, "/input", input);
  return step;
}

export interface ExecutionStart {
  executionId?: string | undefined;
  input?: unknown;
  newTrace?: boolean | undefined;
}

/** Opens an execution: within a span that is open already it is part of that trace, within another execution a step of it. */
export function beginExecution(recorder: Recorder, name: string, start: ExecutionStart): OpenStep {
  const active = context.active();
  const above = trace.getSpanContext(active);
  const outer = start.newTrace ? undefined : currentStep()?.run;
  const run = new Run(recorder, outer, start.executionId);
  const links = start.newTrace && above ? [{ context: above }] : [];
  const step = openSpan(recorder, name, start.newTrace ? ROOT_CONTEXT : active, run, SpanKind.INTERNAL, links);
  step.type = "chain";
  if (!step.recording) return step;
  const attrs: Attributes = {};
  if (run.executionId !== undefined) attrs[names.executionId] = run.executionId;
  if (above && !start.newTrace && !outer) attrs[names.executionName] = name; // the root span has another name
  if (recorder.opts.autoReasoning !== undefined) attrs[names.autoReasoning] = recorder.opts.autoReasoning;
  step.span.setAttributes(attrs);
  if (start.input !== undefined) step.set(names.input, "/input", start.input);
  return step;
}

/** Opens a span and, with live, announces it (docs/attributes.md). */
export function openSpan(recorder: Recorder, name: string, parent: Context, run: Run | undefined, kind: SpanKind, links: Link[] = []): OpenStep {
  const { live, tracer } = recorder.opts;
  const startTime = hrTime();
  // The pending span must have the same start; otherwise OpenTelemetry sets it.
  const span = tracer.startSpan(name, { kind, links, ...(live ? { startTime } : {}) }, parent);
  const step = new OpenStep(recorder, span, trace.setSpan(parent, span), name, run);
  if (run) run.root ??= step;
  if (!step.recording) return step;
  run?.began(step);
  if (live) {
    const above = trace.getSpanContext(parent);
    const own = span.spanContext();
    const attributes: Attributes = { [names.pending]: true, [names.pendingSpan]: own.spanId };
    if (above?.traceId === own.traceId) attributes[names.pendingParent] = above.spanId;
    tracer.startSpan(name, { startTime, attributes }, step.otel).end(startTime);
  }
  return step;
}
