import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";
import { InMemorySpanExporter } from "@opentelemetry/sdk-trace";
import { LossError, XRay } from "../dist/esm/index.js";
import { encode } from "../dist/esm/encode.js";
import { fit } from "../dist/esm/fit.js";

/** An XRay whose spans end up in memory, and a way to see them. */
function recorder(opts = {}) {
  const mem = new InMemorySpanExporter();
  const seen = [];
  mem.export = (spans, done) => { seen.push(...spans); done({ code: 0 }); };
  const xray = new XRay({ exporter: mem, ...opts });
  return { xray, spans: async () => { await xray.flush(); return seen; }, span: async (name) => { await xray.flush(); return seen.find((s) => s.name === name); } };
}

test("the shared truncation vectors hold", () => {
  const vectors = JSON.parse(readFileSync(new URL("../../testdata/truncation.json", import.meta.url), "utf8"));
  for (const v of vectors) {
    // JSON.parse has changed the one number that is too long for JavaScript.
    const text = JSON.stringify(v.input).replace("1.2345678901234568e+29", "123456789012345678901234567890");
    const got = fit(text, v.limit, "/input");
    assert.equal(got.text, v.output, v.name);
    assert.deepEqual(got.cuts, v.cuts, v.name);
  }
});

test("what JSON.stringify writes is written too", () => {
  for (const v of [null, 1, -0, 1e21, 0.1, "ü\n\u0001🎬\"", [1, [2, undefined]], { a: undefined, b: { c: true } }, new Date(0), { toJSON: () => "told" }, Object.create(null)]) {
    assert.equal(encode(v, 1 << 20, "").text, JSON.stringify(v));
  }
});

test("what JSON.stringify refuses becomes a note", () => {
  const loop = { name: "a" };
  loop.self = loop;
  for (const [v, want] of [
    [loop, '{"name":"a","self":"[cycle]"}'],
    [{ f() {}, n: 1 }, '{"f":"[function]","n":1}'],
    [10n ** 20n, "100000000000000000000"],
    [[NaN, Infinity], '["NaN","Infinity"]'],
    [{ get x() { throw new Error("no"); } }, '{"x":"[not recorded: Error: no]"}'],
    [{ toJSON() { throw new Error("no"); } }, '"[not recorded: Error: no]"'],
    [new Error("went wrong"), '"went wrong"'],
    [new Map([["a", new Set([1])]]), '{"a":[1]}'],
    ["\ud800", '"\ufffd"'],
    [new Uint8Array(5000), '"[5000 bytes]"'],
  ]) assert.equal(encode(v, 1 << 20, "").text, want);
});

test("the work limit bounds the effort and spares later fields", () => {
  const { text, cuts } = encode({ items: new Array(1e6).fill(""), blob: "x".repeat(1e7), threshold: 7 }, 10_000, "/input");
  assert.ok(text.length < 12_000);
  assert.equal(JSON.parse(text).threshold, 7);
  assert.deepEqual(cuts.map((c) => [c.at, c.of]), [["/input/items", 1e6], ["/input/blob", 1e7]]);
});

test("an execution with steps, decisions and receipt", async () => {
  const { xray, span } = recorder();
  const result = await xray.trackExecution("recommend", async (ctx) => {
    ctx.setMetadata("shop", "Vienna");
    ctx.setTags("a");
    const found = await ctx.step("search", async () => [{ id: 1, rating: 8 }, { id: 2, rating: 5 }], "space", { type: "retriever" });
    const good = ctx.stepSync("filter", (step) => found.filter((m) => {
      step.criterion("rating", ">=", 7);
      if (m.rating >= 7) { step.keep(m, "good"); return true; }
      step.drop(m, "rated too low", { score: m.rating });
      return false;
    }), found);
    ctx.setFinalOutcome({ id: good[0].id });
    return good[0];
  }, { executionId: "e-1", input: "q" });
  assert.deepEqual(result, { id: 1, rating: 8 });
  const [root, search, filter] = [await span("recommend"), await span("search"), await span("filter")];
  assert.equal(search.parentSpanContext.spanId, root.spanContext().spanId);
  assert.equal(search.attributes["xray.input"], '"space"');
  assert.equal(search.attributes["xray.step.type"], "retriever");
  assert.equal(filter.attributes["xray.items.kept"], '[{"key":"1","item":{"id":1,"rating":8},"reason":"good"}]');
  assert.equal(filter.attributes["xray.items.dropped"], '[{"key":"2","item":{"id":2,"rating":5},"reason":"rated too low","score":5}]');
  for (const [k, v] of Object.entries({
    "xray.execution.id": "e-1", "xray.input": '"q"', "xray.output": '{"id":1,"rating":8}', "xray.execution.outcome": '{"id":1}',
    "xray.metadata": '{"shop":"Vienna"}', "xray.receipt.started": 3, "xray.receipt.ended": 3, "xray.receipt.dropped": 0, "xray.receipt.cut": 0,
  })) assert.equal(root.attributes[k], v, k);
});

test("errors are recorded once and thrown on", async () => {
  const { xray, span } = recorder();
  const boom = new TypeError("boom");
  await assert.rejects(xray.trackExecution("run", (ctx) => ctx.step("step", () => { throw boom; })), (e) => e === boom);
  for (const name of ["run", "step"]) {
    const s = await span(name);
    assert.equal(s.status.code, 2);
    assert.equal(s.events.length, 1);
    assert.equal(s.events[0].attributes["exception.type"], "TypeError");
  }
});

test("steps nest through asynchronous code, also on the outer context", async () => {
  const { xray, span } = recorder();
  await xray.trackExecution("run", (ctx) => ctx.step("outer", async () => {
    await new Promise((done) => setTimeout(done, 1));
    await Promise.all([ctx.step("a", async () => 1), ctx.step("b", async () => 2)]);
  }));
  const outer = (await span("outer")).spanContext().spanId;
  assert.equal((await span("a")).parentSpanContext.spanId, outer);
  assert.equal((await span("b")).parentSpanContext.spanId, outer);
});

test("large payloads are shortened and marked", async () => {
  const { xray, span } = recorder({ payloadLimit: 2000 });
  await xray.trackExecution("run", (ctx) => ctx.step("filter", () => 1, { candidates: Array.from({ length: 1000 }, (_, id) => ({ id })), threshold: 7 }));
  const s = await span("filter");
  const input = JSON.parse(s.attributes["xray.input"]);
  assert.equal(input.threshold, 7);
  assert.deepEqual(s.attributes["xray.truncated"], ["xray.input"]);
  assert.deepEqual(JSON.parse(s.attributes["xray.truncated.at"]), [{ at: "/input/candidates", kept: input.candidates.length, of: 1000 }]);
  assert.equal((await span("run")).attributes["xray.receipt.cut"], 1);
});

test("the mask sees everything, and one that fails leaks nothing", async () => {
  for (const mask of [(_, json) => json.replaceAll("4111", "[card]"), () => { throw new Error("oops"); }]) {
    const { xray, spans } = recorder({ mask });
    await assert.rejects(xray.trackExecution("run", (ctx) => {
      ctx.setMetadata("card", "4111");
      return ctx.step("pay", (s) => { s.drop({ card: "4111" }, "", { key: "k" }); throw new Error("4111 was refused"); }, { card: "4111" });
    }));
    for (const s of await spans()) assert.ok(!JSON.stringify([s.attributes, s.events, s.status]).includes("4111"), s.name);
  }
});

test("live steps are announced", async () => {
  const { xray, spans } = recorder({ live: true });
  await xray.trackExecution("run", async (ctx) => {
    await xray.flush();
    assert.equal((await spans()).length, 1);
    await ctx.step("quick", () => 1);
  });
  const all = await spans();
  assert.deepEqual(all.map((s) => s.name), ["run", "quick", "run"]);
  const [pending, , root] = all;
  assert.equal(pending.attributes["xray.pending.span_id"], root.spanContext().spanId);
  assert.equal(pending.parentSpanContext.spanId, root.spanContext().spanId);
  assert.deepEqual(pending.startTime, root.startTime);
  assert.equal(root.attributes["xray.receipt.started"], 2);
});

test("toJSON is what the server takes", async () => {
  const { xray } = recorder({ projectId: "shop" });
  const doc = await xray.trackExecution("run", async (ctx) => {
    await ctx.step("one", (s) => { s.setReasoning("because"); return 1; }, "in");
    return ctx.toJSON();
  }, { executionId: "e" });
  assert.equal(doc.executionId, "e");
  assert.equal(doc.projectId, "shop");
  assert.deepEqual(doc.steps.map(({ durationMs, ...rest }) => rest), [{ name: "one", input: "in", output: 1, reasoning: "because" }]);
});

test("disabled by the environment everything works and nothing is recorded", async () => {
  process.env.XRAY_DISABLED = "1";
  try {
    const { xray, spans } = recorder();
    const id = await xray.trackExecution("run", async (ctx) => {
      ctx.setMetadata("a", 1);
      ctx.keep(1);
      assert.equal(await ctx.step("s", () => 7, "in"), 7);
      return ctx.getExecutionId();
    });
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.notEqual(id, "0".repeat(32));
    assert.equal((await spans()).length, 0);
    await xray.shutdown();
  } finally {
    delete process.env.XRAY_DISABLED;
  }
});

/** A server that gives the answers in turn; the last one stays. */
async function server(...statuses) {
  const seen = [];
  const s = createServer((req, res) => {
    const status = statuses[Math.min(seen.length, statuses.length - 1)];
    seen.push(req.headers);
    req.resume().on("end", () => res.writeHead(status).end());
  });
  await new Promise((done) => s.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${s.address().port}`, seen, close: () => { s.closeAllConnections(); s.close(); } };
}

test("project and key travel as headers, and a passing failure is retried", async () => {
  const s = await server(503, 200);
  const xray = new XRay({ endpoint: s.url, projectId: "shop", apiKey: "xray_k" });
  await xray.trackExecution("run", () => 1);
  await xray.shutdown(20_000);
  assert.equal(s.seen.length, 2);
  assert.equal(s.seen[0]["x-xray-project"], "shop");
  assert.equal(s.seen[0].authorization, "Bearer xray_k");
  s.close();
});

test("shutdown says what was refused", async () => {
  const s = await server(401);
  const xray = new XRay({ endpoint: s.url });
  await xray.trackExecution("run", (ctx) => ctx.step("step", () => 1));
  await assert.rejects(xray.shutdown(), (e) => e instanceof LossError && e.failed === 2 && e.delivered === 0);
  s.close();
});

test("a span that the server cannot read is lost alone", async () => {
  const got = [];
  const exporter = {
    export: (spans, done) => {
      if (spans.some((s) => s.name === "bad")) return done({ code: 1, error: Object.assign(new Error("bad span"), { code: 400 }) });
      got.push(...spans.map((s) => s.name));
      done({ code: 0 });
    },
    shutdown: async () => {},
  };
  const xray = new XRay({ exporter });
  await xray.trackExecution("run", async (ctx) => { for (const n of ["a", "b", "bad", "c", "d"]) await ctx.step(n, () => 1); });
  await assert.rejects(xray.shutdown(), (e) => e.failed === 1 && e.delivered === 5);
  assert.deepEqual(got.sort(), ["a", "b", "c", "d", "run"]);
});

test("a batch of nothing but bad spans is not halved to the end", async () => {
  let requests = 0;
  const exporter = { export: (_, done) => { requests++; done({ code: 1, error: Object.assign(new Error("bad"), { code: 400 }) }); }, shutdown: async () => {} };
  const xray = new XRay({ exporter });
  await xray.trackExecution("run", async (ctx) => { for (let i = 0; i < 400; i++) await ctx.step("s", () => 1); });
  await assert.rejects(xray.shutdown(), (e) => e.failed === 401);
  assert.equal(requests, 2 * 64 + 1);
});

test("shutdown ends in time when the server hangs", async () => {
  const xray = new XRay({ exporter: { export: () => {}, shutdown: async () => {} } });
  await xray.trackExecution("run", (ctx) => ctx.step("step", () => 1));
  await assert.rejects(xray.shutdown(50), (e) => e instanceof LossError && e.waiting === 2);
});

test("a full queue drops and counts", async () => {
  const xray = new XRay({ exporter: { export: () => {}, shutdown: async () => {} }, delivery: { queueBytes: 2000 } });
  await xray.trackExecution("run", async (ctx) => { for (let i = 0; i < 50; i++) await ctx.step("step", () => i); });
  await assert.rejects(xray.shutdown(20), (e) => e.dropped > 0 && e.dropped + e.waiting === 51);
});
