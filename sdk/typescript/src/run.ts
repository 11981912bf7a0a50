import type { Attributes } from "@opentelemetry/api";
import { type Cut, fit } from "./fit.js";
import { names, pointerOf } from "./names.js";
import type { OpenStep } from "./openstep.js";
import type { Recorder } from "./recorder.js";

/** A step as POST /api/executions takes it. */
interface Recorded {
  name: string;
  input?: unknown;
  output?: unknown;
  error?: string;
  durationMs: number;
  reasoning?: string;
}

const MAX_STEPS = 1000;
const MAX_BYTES = 4 << 20;

/** What all contexts of one execution share: its counts, its metadata, and its record for toJSON. */
export class Run {
  /** The execution's own step. */
  root!: OpenStep;
  readonly executionId: string | undefined;
  /** Stands in for the trace id when nothing is recorded. */
  readonly spare = crypto.randomUUID().replaceAll("-", "");
  private started = 0;
  private ended = 0;
  private cut = 0;
  private readonly startedAt = new Date();
  private readonly tags: string[] = [];
  private readonly metadata = new Map<string, string>(); // values are JSON already
  private readonly metadataCuts: Cut[] = [];
  private readonly steps: Recorded[] = [];
  private readonly places = new Map<OpenStep, Recorded>();
  private bytes = 0;

  constructor(
    private readonly recorder: Recorder,
    /** The execution that this one is a step of. */
    readonly outer: Run | undefined,
    executionId: string | undefined,
  ) {
    this.executionId = executionId === undefined ? undefined : [...executionId.toWellFormed()].slice(0, 256).join("");
  }

  /** Counts a step and gives it its place in the record. */
  began(step: OpenStep): void {
    for (let r: Run | undefined = this; r; r = r.outer) {
      r.started++;
      if (step === r.root || r.steps.length >= MAX_STEPS) continue;
      const place: Recorded = { name: step.name, durationMs: 0 };
      r.steps.push(place);
      r.places.set(step, place);
    }
  }

  finished(step: OpenStep): void {
    for (let r: Run | undefined = this; r; r = r.outer) {
      r.ended++;
      const place = r.places.get(step);
      if (place) r.fill(place, step);
      r.places.delete(step);
    }
  }

  shortened(n: number): void {
    for (let r: Run | undefined = this; r; r = r.outer) r.cut += n;
  }

  addTags(tags: string[]): void {
    if (!this.root.recording) return;
    for (const tag of tags.map((t) => this.recorder.message(names.tags, t))) {
      if (!this.tags.includes(tag)) this.tags.push(tag);
    }
    this.root.span.setAttribute(names.tags, [...this.tags]);
  }

  setMetadata(key: string, value: unknown): void {
    if (!this.root.recording) return;
    // Shortened at the end, with all other entries.
    const { text, cuts } = this.recorder.masked(names.metadata, pointerOf(names.metadata), { [key]: value ?? null });
    const entry: unknown = JSON.parse(text);
    const whole = typeof entry === "object" && entry !== null && !Array.isArray(entry);
    for (const [k, v] of whole ? Object.entries(entry) : [[key, entry] as const]) {
      this.metadata.set(k, JSON.stringify(v));
    }
    this.metadataCuts.push(...cuts);
  }

  /** Just before the execution's span ends. */
  writeMetadata(): void {
    if (this.metadata.size === 0) return;
    const at = pointerOf(names.metadata);
    this.root.write(names.metadata, at, fit(this.metadataText(), this.recorder.opts.limit, at, this.metadataCuts));
  }

  private metadataText(): string {
    return `{${[...this.metadata].map(([k, v]) => `${JSON.stringify(k)}:${v}`).join(",")}}`;
  }

  /** What was counted, including the execution's own span, which is about to end. */
  receipt(): Attributes {
    const t = this.recorder.opts.tally(this.root.span.spanContext().traceId) ?? { started: this.started, ended: this.ended, dropped: 0 };
    return {
      [names.receiptStarted]: t.started,
      [names.receiptEnded]: t.ended + 1, // and this one
      [names.receiptDropped]: t.dropped,
      [names.receiptCut]: this.cut,
    };
  }

  toJSON(executionId: string): object {
    const { texts, name } = this.root;
    const outcome = texts[names.outcome] ?? texts[names.output];
    const metadata = texts[names.metadata] ?? (this.metadata.size > 0 ? this.metadataText() : undefined);
    return {
      executionId,
      projectId: this.recorder.opts.projectId,
      name,
      startedAt: this.startedAt.toISOString(),
      metadata: metadata === undefined ? undefined : (JSON.parse(metadata) as unknown),
      steps: this.steps.map((s) => ({ ...s })),
      finalOutcome: outcome === undefined ? undefined : (JSON.parse(outcome) as unknown),
    };
  }

  private fill(place: Recorded, step: OpenStep): void {
    place.durationMs = performance.now() - step.begun;
    const { [names.input]: input, [names.output]: output, [names.reasoning]: reasoning } = step.texts;
    this.bytes += (input?.length ?? 0) + (output?.length ?? 0);
    if (this.bytes <= MAX_BYTES) {
      if (input !== undefined) place.input = JSON.parse(input);
      if (output !== undefined) place.output = JSON.parse(output);
    }
    if (step.error !== undefined) place.error = step.error;
    if (reasoning !== undefined) place.reasoning = reasoning;
  }
}
