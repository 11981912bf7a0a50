import { context, ROOT_CONTEXT, trace, type TracerProvider } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { type SpanExporter, TracerProvider as SDKProvider } from "@opentelemetry/sdk-trace";
import { begin, type ExecutionContext, type Mask, type Recorder } from "./context.js";
import { defaultDelivery, Delivery, type DeliveryOptions } from "./delivery.js";

export const VERSION = "0.1.0";

export interface XRayOptions {
  /** The project's name on the server; else XRAY_PROJECT, else the key's own. */
  projectId?: string;
  /** Else XRAY_API_KEY; not needed by a server in local mode. */
  apiKey?: string;
  /** Base URL; else XRAY_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT, http://localhost:4318. */
  endpoint?: string;
  /** false: explain executions only when asked. Left out: as the project says. */
  autoReasoning?: boolean;
  /** What the program calls itself; else OTEL_SERVICE_NAME. */
  serviceName?: string;
  /** An OpenTelemetry set-up that exists: nothing of ours is created, and its exporter sends. */
  tracerProvider?: TracerProvider;
  /** Another exporter, with our queue. */
  exporter?: SpanExporter;
  /** Changes payloads and error messages before they leave the program. */
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
  /** The program's own id, by which the execution can be found. */
  executionId?: string;
  input?: unknown;
  metadata?: Record<string, unknown>;
  sessionId?: string;
  userId?: string;
  tags?: string[];
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
    const endpoint = (opts.endpoint ?? env["XRAY_ENDPOINT"] ?? env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? "http://localhost:4318").replace(/\/+$/, "");
    const own = !disabled && !opts.tracerProvider;
    if (own) {
      this.delivery = new Delivery(opts.exporter ?? exporter(endpoint, opts), { ...defaultDelivery, ...opts.delivery });
      // So that steps nest through asynchronous code; one that exists stays.
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    }
    this.recorder = {
      tracer: this.provider(opts, disabled).getTracer("@xray/sdk", VERSION),
      limit: Math.max(opts.payloadLimit ?? 256 << 10, 64),
      mask: opts.mask,
      live: opts.live ?? false,
      autoReasoning: opts.autoReasoning,
      projectId: opts.projectId ?? env["XRAY_PROJECT"],
      uiUrl: (opts.uiUrl ?? env["XRAY_UI_URL"] ?? (own ? guessUI(endpoint) : undefined))?.replace(/\/+$/, ""),
      tally: (id) => this.delivery?.tally(id),
    };
  }

  private provider(opts: XRayOptions, disabled: boolean): TracerProvider {
    if (disabled) return noop;
    if (!this.delivery) return opts.tracerProvider!;
    const name = opts.serviceName ?? process.env["OTEL_SERVICE_NAME"];
    return new SDKProvider({
      resource: name ? defaultResource().merge(resourceFromAttributes({ "service.name": name })) : defaultResource(),
      spanProcessors: [this.delivery],
    });
  }

  /** Runs fn as an execution and returns what it returns; an error is recorded and thrown on. */
  async trackExecution<T>(name: string, fn: (ctx: ExecutionContext) => Promise<T> | T, opts: ExecutionOptions = {}): Promise<T> {
    const ctx = this.createContext(name, opts);
    try {
      const out = await context.with(ctx.otel, () => fn(ctx));
      ctx.returned(out);
      return out;
    } catch (err) {
      ctx.setError(err);
      throw err;
    } finally {
      ctx.close();
    }
  }

  /** Begins an execution that the caller ends with ctx.end(), for code that is not one function. */
  createContext(name: string, opts: ExecutionOptions = {}): ExecutionContext {
    const ctx = begin(this.recorder, name, context.active() ?? ROOT_CONTEXT, opts.input, "chain", undefined, undefined, opts.executionId);
    for (const [k, v] of Object.entries(opts.metadata ?? {})) ctx.setMetadata(k, v);
    if (opts.sessionId !== undefined) ctx.setSession(opts.sessionId);
    if (opts.userId !== undefined) ctx.setUser(opts.userId);
    if (opts.tags !== undefined) ctx.setTags(...opts.tags);
    return ctx;
  }

  /** Waits until everything that has ended is delivered or given up. */
  async flush(): Promise<void> {
    await this.delivery?.forceFlush();
  }

  /** Delivers what waits for at most ms and stops; throws a LossError if something did not arrive. */
  async shutdown(ms = 5_000): Promise<void> {
    await this.delivery?.close(ms);
  }
}

function exporter(endpoint: string, opts: XRayOptions): SpanExporter {
  const key = opts.apiKey ?? process.env["XRAY_API_KEY"];
  const project = opts.projectId ?? process.env["XRAY_PROJECT"];
  return new OTLPTraceExporter({
    url: endpoint.endsWith("/v1/traces") ? endpoint : endpoint + "/v1/traces",
    headers: { ...(key ? { authorization: `Bearer ${key}` } : {}), ...(project ? { "x-xray-project": project } : {}) },
    compression: "gzip" as never,
  });
}

/** The UI's port beside OTLP's own, else the same address, which takes both. */
function guessUI(endpoint: string): string | undefined {
  if (!URL.canParse(endpoint)) return undefined;
  const u = new URL(endpoint);
  if (u.port === "4318") u.port = "8080";
  return u.origin;
}

/** A provider that records nothing, for XRAY_DISABLED=1. */
const noop: TracerProvider = {
  getTracer: () => {
    const span = trace.wrapSpanContext({ traceId: "0".repeat(32), spanId: "0".repeat(16), traceFlags: 0 });
    return {
      startSpan: () => span,
      startActiveSpan: (...args: unknown[]) => (args.at(-1) as (s: typeof span) => never)(span),
    };
  },
};
