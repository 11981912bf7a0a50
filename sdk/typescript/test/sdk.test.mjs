import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { XRay } from "../dist/esm/index.js";
import { encode } from "../dist/esm/encode.js";
import { fit } from "../dist/esm/fit.js";
import { recorder } from "./recorder.mjs";

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

test("what runs now is found without a context, and is nothing outside", async () => {
  const { xray, span } = recorder();
  assert.equal(xray.current(), undefined);
  const search = () => xray.step("search", async (s) => { s.setType("tool"); xray.current().setUser("ada"); return 1; }, "q");
  await xray.trackExecution("run", async () => { await search(); });
  assert.equal((await span("search")).parentSpanContext.spanId, (await span("run")).spanContext().spanId);
  assert.equal((await span("run")).attributes["user.id"], "ada");
  assert.equal((await span("run")).attributes["xray.receipt.started"], 2);
});

test("two executions at once do not mix", async () => {
  const { xray, spans } = recorder();
  const pause = () => new Promise((done) => setImmediate(done));
  await Promise.all(["a", "b"].map((user) => xray.trackExecution(user, async (ctx) => {
    await pause();
    await xray.step(`step of ${user}`, pause);
    ctx.setUser(user);
  })));
  for (const s of (await spans()).filter((s) => s.attributes["user.id"])) {
    assert.equal(s.attributes["user.id"], s.name);
    assert.equal(s.attributes["xray.receipt.started"], 2);
  }
});

test("an execution begun by hand runs code under it, and ends once", async () => {
  const { xray, span } = recorder();
  const ctx = xray.createContext("by hand", { input: 1 });
  ctx.with(() => xray.stepSync("inner", () => 2));
  const late = ctx.startStep("late");
  late.setOutput("done");
  late.end();
  ctx.end(new Error("gave up"));
  ctx.end();
  ctx.setUser("too late");
  const root = await span("by hand");
  assert.equal(root.status.message, "gave up");
  assert.equal(root.attributes["user.id"], undefined);
  for (const name of ["inner", "late"]) assert.equal((await span(name)).parentSpanContext.spanId, root.spanContext().spanId);
});

test("within another span the execution names the trace; newTrace separates it", async () => {
  const { xray, span } = recorder();
  await xray.step("http request", async () => {
    await xray.trackExecution("inside", () => 1);
    await xray.trackExecution("apart", () => 1, { newTrace: true });
  });
  const request = await span("http request"), inside = await span("inside"), apart = await span("apart");
  assert.equal(inside.attributes["xray.execution.name"], "inside");
  assert.equal(inside.spanContext().traceId, request.spanContext().traceId);
  assert.notEqual(apart.spanContext().traceId, request.spanContext().traceId);
  assert.equal(apart.links[0].context.spanId, request.spanContext().spanId);
});

test("a thrown value that is no Error is recorded and thrown on", async () => {
  const { xray, span } = recorder();
  await assert.rejects(xray.step("s", () => { throw "a text"; }), (e) => e === "a text");
  assert.equal((await span("s")).events[0].attributes["exception.message"], "a text");
});
