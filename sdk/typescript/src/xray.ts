import { context, diag, type TracerProvider } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { Sampler, SpanExporter } from "@opentelemetry/sdk-trace";
import { begin, beginExecution, type StepOptions } from "./begin.js";
import { ExecutionContext, runAsync, runSync } from "./context.js";
import { defaultDelivery, Delivery, type DeliveryOptions } from "./delivery.js";
import { type Call, type LLMRequest, runCall, startCall } from "./llm.js";
import type { Mask } from "./mask.js";
import { type FetchLike, tracedFetch } from "./openai/fetch.js";
import { currentStep, type OpenStep } from "./openstep.js";
import { makeProvider, noop } from "./provider.js";
import { Recorder } from "./recorder.js";
import { ExporterSender, FileSender, HTTPSender, type Sender } from "./sender.js";
import { guessUI, resolve, type Target } from "./target.js";

export const VERSION = "0.1.0";

export interface XRayOptions {
  /** The project's name on the server; else XRAY_PROJECT, else the key's own. */
  projectId?: string;
  /** Else XRAY_API_KEY; not needed by a server in local mode. */
  apiKey?: string;
  /** Base URL; else XRAY_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT, http://localhost:4318. */
  endpoint?: string;
  /** Whether executions are explained without being asked. Left out: as the project says. */
  autoReasoning?: boolean;
  /** What the program calls itself; else OTEL_SERVICE_NAME. */
  serviceName?: string;
  /** An OpenTelemetry set-up that exists: nothing of ours is created, and its exporter sends. */
  tracerProvider?: TracerProvider;
  /** Another exporter, with our queue. */
  exporter?: SpanExporter;
  /** A file in place of a server: OTLP JSON lines that `xray import` reads. */
  local?: string;
  /** Else OTEL_TRACES_SAMPLER. */
  sampler?: Sampler;
  /** Changes payloads and error messages before they leave the program; see maskKeys. */
  mask?: Mask;
  /** Bytes of JSON that one payload may take; 256 KB. */
  payloadLimit?: number;
  /** Announces steps when they start, so that a running execution can be watched. */
  live?: boolean;
  /** Base of getUrl(); else XRAY_UI_URL, else what the endpoint suggests. */
  uiUrl?: string;
  delivery?: Partial<DeliveryOptions>;
}

export interface ExecutionOptions {
  /** The program's own id, at most 256 characters, by which the execution can be found. */
  executionId?: string;
  input?: unknown;
  metadata?: Record<string, unknown>;
  sessionId?: string;
  userId?: string;
  tags?: string[];
  /** A trace of its own, linked to the span that is open now. */
  newTrace?: boolean;
}

/**
 * Records executions and their steps.
 *
 *     const xray = new XRay({ projectId: "shop" });
 *     const movie = await xray.trackExecution("recommend", async (ctx) => {
 *       const found = await ctx.step("search", () => search(query), query);
 *       return ctx.stepSync("pick", () => found[0], found);
 *     });
 *     await xray.shutdown(); // throws a LossError if something did not arrive
 */
export class XRay {
  private readonly recorder: Recorder;
  private readonly delivery: Delivery | undefined;

  constructor(opts: XRayOptions = {}) {
    const env = process.env;
    const disabled = ["1", "true", "t"].includes((env["XRAY_DISABLED"] ?? "").toLowerCase());
    let provider = opts.tracerProvider;
    let target: Target | undefined;
    if (disabled) {
      provider = noop;
    } else if (!provider) {
      if (!opts.exporter && opts.local === undefined) target = resolve({ ...opts, version: VERSION });
      this.delivery = new Delivery(senderOf(opts, target), { ...defaultDelivery, ...opts.delivery });
      provider = makeProvider(this.delivery, opts.serviceName, opts.sampler, VERSION);
      // So that steps nest through asynchronous code; one that exists stays.
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
      process.on("beforeExit", this.atExit);
    }
    this.recorder = new Recorder({
      tracer: provider.getTracer("@xray/sdk", VERSION),
      limit: Math.max(opts.payloadLimit ?? 256 << 10, 64),
      mask: opts.mask,
      live: opts.live ?? false,
      autoReasoning: opts.autoReasoning,
      projectId: opts.projectId ?? env["XRAY_PROJECT"],
      uiUrl: (opts.uiUrl ?? env["XRAY_UI_URL"] ?? (target && guessUI(target.url)))?.replace(/\/+$/, ""),
      tally: (id) => this.delivery?.tally(id),
      room: () => this.delivery?.room(),
    });
  }

  /** Runs fn as an execution and returns what it returns; an error is recorded and thrown on. */
  async trackExecution<T>(name: string, fn: (ctx: ExecutionContext) => Promise<T> | T, opts: ExecutionOptions = {}): Promise<T> {
    return runAsync(this.createContext(name, opts), fn);
  }

  /**
   * Begins an execution that the caller ends with ctx.end(), for code that is
   * not one function. ctx.with(fn) runs fn under it.
   */
  createContext(name: string, opts: ExecutionOptions = {}): ExecutionContext {
    const ctx = new ExecutionContext(beginExecution(this.recorder, name, opts));
    for (const [k, v] of Object.entries(opts.metadata ?? {})) ctx.setMetadata(k, v);
    if (opts.sessionId !== undefined) ctx.setSession(opts.sessionId);
    if (opts.userId !== undefined) ctx.setUser(opts.userId);
    if (opts.tags !== undefined) ctx.setTags(...opts.tags);
    return ctx;
  }

  /** The innermost open step or execution of what runs now, wherever in the program; undefined outside of any. */
  current(): ExecutionContext | undefined {
    const step = currentStep();
    return step && new ExecutionContext(step);
  }

  /** A step of what runs now, for code that was not handed a context; outside of an execution an ordinary span. */
  async step<T>(name: string, fn: (ctx: ExecutionContext) => Promise<T> | T, input?: unknown, opts: StepOptions = {}): Promise<T> {
    return runAsync(this.open(name, input, opts), fn);
  }

  /** `step` for a function that is not asynchronous. */
  stepSync<T>(name: string, fn: (ctx: ExecutionContext) => T, input?: unknown, opts: StepOptions = {}): T {
    return runSync(this.open(name, input, opts), fn);
  }

  /** A call to a language model under what runs now; see `Call`. */
  async llm<T>(request: LLMRequest, fn: (call: Call) => Promise<T> | T): Promise<T> {
    return runCall(this.startCall(request), fn);
  }

  /**
   * A fetch that records the calls of the openai package as steps of what runs
   * now, streamed or not: `new OpenAI({ fetch: xray.openaiFetch() })`.
   */
  openaiFetch(fetch: FetchLike = globalThis.fetch): FetchLike {
    return tracedFetch(fetch, (request) => this.startCall(request));
  }

  /** Waits until everything that has ended is delivered or given up; throws a LossError for what was lost so far. */
  async flush(): Promise<void> {
    await this.delivery?.flush();
  }

  /** Delivers what waits for at most ms and stops; throws a LossError if something did not arrive. */
  async shutdown(ms = 5_000): Promise<void> {
    process.off("beforeExit", this.atExit);
    await this.delivery?.close(ms);
  }

  private open(name: string, input: unknown, opts: StepOptions): ExecutionContext {
    return new ExecutionContext(begin(this.recorder, name, context.active(), this.run(), input, opts));
  }

  private startCall(request: LLMRequest): Call {
    return startCall(this.recorder, request, context.active(), this.run());
  }

  private run(): OpenStep["run"] {
    return currentStep()?.run;
  }

  /** A program that forgets shutdown loses nothing either, as long as it ends by itself. */
  private readonly atExit = (): void => {
    this.shutdown().catch((err: unknown) => {
      diag.error(String(err));
      console.error(String(err)); // nobody else is left to tell
    });
  };
}

function senderOf(opts: XRayOptions, target: Target | undefined): Sender {
  if (target) return new HTTPSender(target);
  if (opts.projectId && opts.local === undefined && opts.endpoint) throw new Error("xray: exporter sends elsewhere: leave endpoint out");
  return opts.exporter ? new ExporterSender(opts.exporter) : new FileSender(opts.local!);
}
