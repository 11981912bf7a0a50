// The shared test vectors: small programs and the spans that each language's SDK must leave.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { maskKeys, XRay } from "../dist/esm/index.js";

const vectors = JSON.parse(readFileSync(new URL("../../testdata/recording.json", import.meta.url), "utf8"));

function maskOf(m) {
  if (m.fails) return () => { throw new Error("oops"); };
  if (m.answers) return () => m.answers;
  if (m.replace) return (_, json) => json.replaceAll(...m.replace);
  return maskKeys(...m.keys);
}

/** Runs the program of a vector. */
class Player {
  first;
  constructor(xray) { this.xray = xray; }

  async all(ops, call) {
    for (const op of ops) {
      try {
        await this.one(op, call);
      } catch (err) {
        if (!op.catches) throw err;
      }
    }
  }

  async one(op, call) {
    const { xray } = this;
    const inside = async (inner) => {
      await this.all(op.do ?? [], op.op === "llm" ? inner : undefined);
      if (op.raises) throw new Error(op.raises);
      return op.returns;
    };
    switch (op.op) {
      case "execution":
        return xray.trackExecution(op.name, (ctx) => { this.first ??= ctx; return inside(); },
          { executionId: op.id, input: op.input, sessionId: op.session, userId: op.user, tags: op.tags, metadata: op.metadata });
      case "step": return xray.step(op.name, () => inside(), op.input, { type: op.type });
      case "llm": return xray.llm(op.request, inside);
      case "responded": return call.responded(op);
      case "used": return call.used(op);
      case "firstToken": return call.firstToken();
      case "answered": return call.answered(...op.messages);
    }
    this.say(xray.current(), op);
  }

  say(ctx, op) {
    switch (op.op) {
      case "session": return ctx.setSession(op.value);
      case "user": return ctx.setUser(op.value);
      case "tags": return ctx.setTags(...op.value);
      case "metadata": return ctx.setMetadata(op.key, op.value);
      case "outcome": return ctx.setFinalOutcome(op.value);
      case "error": return ctx.setError(new Error(op.value));
      case "input": return ctx.setInput(op.value);
      case "output": return ctx.setOutput(op.value);
      case "reasoning": return ctx.setReasoning(op.value);
      case "type": return ctx.setType(op.value);
      case "attributes": return ctx.setAttributes(op.value);
      case "criterion": return ctx.criterion(op.criterion.field, op.criterion.op, op.criterion.value);
      case "keep": return ctx.keep(op.item, op.reason, op);
      case "drop": return ctx.drop(op.item, op.reason, op);
      case "items": return ctx.items(op.kept, op.dropped);
    }
    throw new Error(`no such op: ${op.op}`);
  }
}

/** Spans in the form of the vectors: ids are replaced by the names of their spans. */
function described(spans) {
  const isPending = (s) => s.attributes["xray.pending"] === true;
  const nameOf = new Map(spans.filter((s) => !isPending(s)).map((s) => [s.spanContext().spanId, s.name]));
  return spans.map((s) => {
    const d = { name: s.name };
    if (isPending(s)) d.pending = true;
    if (s.parentSpanContext) d.parent = nameOf.get(s.parentSpanContext.spanId);
    if (s.kind !== SpanKind.INTERNAL) d.kind = SpanKind[s.kind].toLowerCase();
    if (s.status.code === SpanStatusCode.ERROR) d.error = true;
    if (s.events.length > 0) d.exceptions = s.events.map((e) => e.attributes["exception.message"]);
    d.attributes = {};
    for (const [k, v] of Object.entries(s.attributes)) d.attributes[k] = nameOf.has(v) ? `<${nameOf.get(v)}>` : v;
    if (typeof d.attributes["gen_ai.response.time_to_first_chunk"] === "number") d.attributes["gen_ai.response.time_to_first_chunk"] = "*";
    return d;
  }).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : (b.pending ?? 0) - (a.pending ?? 0)));
}

function documentOf(ctx) {
  if (!ctx) return null;
  const doc = JSON.parse(JSON.stringify(ctx.toJSON()));
  assert.ok(Date.parse(doc.startedAt) > 0);
  delete doc.startedAt;
  if (/^[0-9a-f]{32}$/.test(doc.executionId)) doc.executionId = "<trace>";
  for (const s of doc.steps) {
    assert.ok(s.durationMs >= 0);
    delete s.durationMs;
  }
  return doc;
}

for (const v of vectors) {
  test(`shared vector: ${v.name}`, async () => {
    const spans = [];
    const exporter = { export: (batch, done) => { spans.push(...batch); done({ code: 0 }); }, shutdown: async () => {} };
    const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    new XRay({ exporter }); // registers the context manager, as a program's own set-up does
    const { mask, ...client } = v.client;
    const xray = new XRay({ tracerProvider, ...client, ...(mask ? { mask: maskOf(mask) } : {}) });
    const player = new Player(xray);
    await player.all(v.run).catch(() => {}); // an error that reaches the top is the vector's intention
    await tracerProvider.forceFlush();
    assert.deepEqual(described(spans), v.spans);
    assert.deepEqual(documentOf(player.first), v.document);
  });
}
