import { InMemorySpanExporter } from "@opentelemetry/sdk-trace";
import { XRay } from "../dist/esm/index.js";

/** An XRay whose spans end up in memory, and ways to see them. */
export function recorder(opts = {}) {
  const mem = new InMemorySpanExporter();
  const seen = [];
  mem.export = (spans, done) => { seen.push(...spans); done({ code: 0 }); };
  const xray = new XRay({ exporter: mem, ...opts });
  const spans = async () => { await xray.flush(); return seen; };
  return { xray, spans, span: async (name) => (await spans()).find((s) => s.name === name) };
}
