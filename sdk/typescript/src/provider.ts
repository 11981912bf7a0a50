import { diag, trace, type TracerProvider } from "@opentelemetry/api";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, type Sampler, TracerProvider as SDKProvider, type SpanProcessor, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace";

/** A provider of our own, which becomes nobody's global one. */
export function makeProvider(processor: SpanProcessor, serviceName: string | undefined, sampler: Sampler | undefined, version: string): TracerProvider {
  const own = { "telemetry.distro.name": "@xray/sdk", "telemetry.distro.version": version, ...(serviceName ? { "service.name": serviceName } : {}) };
  return new SDKProvider({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, which the SDK does not read by itself.
    resource: defaultResource().merge(detectResources({ detectors: [envDetector] })).merge(resourceFromAttributes(own)),
    sampler: sampler ?? samplerOfEnv(),
    spanProcessors: [processor],
  });
}

/** OTEL_TRACES_SAMPLER, by OpenTelemetry's specification. */
function samplerOfEnv(): Sampler {
  const name = process.env["OTEL_TRACES_SAMPLER"] ?? "parentbased_always_on";
  const given = Number(process.env["OTEL_TRACES_SAMPLER_ARG"] ?? 1);
  const ratio = given >= 0 && given <= 1 ? given : 1;
  switch (name.replace(/^parentbased_/, "")) {
    case "always_off":
      return parentBased(name, new AlwaysOffSampler());
    case "traceidratio":
      return parentBased(name, new TraceIdRatioBasedSampler(ratio));
    case "always_on":
      return parentBased(name, new AlwaysOnSampler());
  }
  diag.warn(`xray: OTEL_TRACES_SAMPLER is "${name}", which is none of OpenTelemetry's: everything is sampled`);
  return new AlwaysOnSampler();
}

const parentBased = (name: string, root: Sampler): Sampler => (name.startsWith("parentbased_") ? new ParentBasedSampler({ root }) : root);

/** A provider that records nothing, for XRAY_DISABLED=1. */
export const noop: TracerProvider = {
  getTracer: () => {
    const span = trace.wrapSpanContext({ traceId: "0".repeat(32), spanId: "0".repeat(16), traceFlags: 0 });
    return {
      startSpan: () => span,
      startActiveSpan: (...args: unknown[]) => (args.at(-1) as (s: typeof span) => never)(span),
    };
  },
};
