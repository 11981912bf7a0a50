// What becomes of spans: delivered, retried, refused, dropped, and always counted.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { LossError, XRay } from "../dist/esm/index.js";

/** A server that gives the answers in turn, statuses or {status, headers, body}; the last one stays. */
async function server(...answers) {
  const seen = [], bodies = [];
  const s = createServer((req, res) => {
    const answer = answers[Math.min(seen.length, answers.length - 1)];
    const { status, headers = {}, body } = typeof answer === "number" ? { status: answer } : answer;
    seen.push(req.headers);
    const parts = [];
    req.on("data", (d) => parts.push(d)).on("end", () => {
      bodies.push(Buffer.concat(parts));
      res.writeHead(status, headers).end(body);
    });
  });
  await new Promise((done) => s.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${s.address().port}`, seen, bodies, close: () => { s.closeAllConnections(); s.close(); } };
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

/** OTLP's answer that refuses n spans: ExportTraceServiceResponse{partial_success{rejected_spans, error_message}}. */
function partial(n, message) {
  const inner = Buffer.concat([Buffer.from([0x08, n, 0x12, message.length]), Buffer.from(message)]);
  return { status: 200, headers: { "content-type": "application/x-protobuf" }, body: Buffer.concat([Buffer.from([0x0a, inner.length]), inner]) };
}

test("spans that the server refuses one by one are not delivered", async () => {
  const s = await server(partial(2, "too old"));
  const xray = new XRay({ endpoint: s.url });
  await xray.trackExecution("run", async (ctx) => { for (let i = 0; i < 4; i++) await ctx.step("step", () => i); });
  await assert.rejects(xray.shutdown(), (e) => e instanceof LossError && e.rejected === 2 && e.delivered === 3 && e.lost === 2 && /rejected by the server: .*too old/.test(e.message));
  s.close();
});

test("a warning of the server without refusal is no loss", async () => {
  const s = await server(partial(0, "slow down"));
  const xray = new XRay({ endpoint: s.url });
  await xray.trackExecution("run", () => 1);
  await xray.shutdown();
  s.close();
});

test("the receipt tells what was lost before the execution ended", async () => {
  const s = await server(partial(2, "too old"), 200);
  const xray = new XRay({ endpoint: s.url });
  await xray.trackExecution("run", async (ctx) => {
    for (let i = 0; i < 3; i++) await ctx.step("step", () => i);
    await assert.rejects(xray.flush(), (e) => e.rejected === 2);
  });
  await assert.rejects(xray.shutdown(), (e) => e.rejected === 2 && e.delivered === 2);
  const root = gunzipSync(s.bodies.at(-1));
  const at = root.indexOf("xray.receipt.dropped");
  // KeyValue{key, value{int_value}}: the value follows the key
  assert.deepEqual([...root.subarray(at + 20, at + 24)], [0x12, 0x02, 0x18, 0x02]);
  s.close();
});

test("Retry-After is waited for", async () => {
  const s = await server({ status: 429, headers: { "retry-after": "1" } }, 200);
  const xray = new XRay({ endpoint: s.url });
  await xray.trackExecution("run", () => 1);
  const begun = performance.now();
  await xray.shutdown(20_000);
  assert.ok(performance.now() - begun >= 990);
  assert.equal(s.seen.length, 2);
  s.close();
});

test("a server that starts late gets everything", async () => {
  const first = await server(200);
  first.close();
  const xray = new XRay({ endpoint: first.url });
  await xray.trackExecution("run", () => 1);
  const done = xray.shutdown(30_000);
  const s = createServer((req, res) => req.resume().on("end", () => res.end()));
  await new Promise((up) => s.listen(new URL(first.url).port, "127.0.0.1", up));
  await done;
  s.closeAllConnections();
  s.close();
});

test("ends of asynchronous steps wait for room, once per outage", async () => {
  const held = [];
  const exporter = { export: (_, done) => held.push(done), shutdown: async () => {} };
  const xray = new XRay({ exporter, delivery: { queueBytes: 4000, blockFor: 100, delay: 0 } });
  const step = async () => { const t = performance.now(); await xray.step("step", () => "x".repeat(700)); return performance.now() - t; };
  let longest = 0;
  for (let i = 0; i < 5; i++) longest = Math.max(longest, await step());
  assert.ok(longest >= 95, `waited ${longest} ms`);
  await assert.rejects(xray.shutdown(20), (e) => e.waiting > 0);
});

test("without a server spans go to a file of OTLP JSON lines, for this user alone", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "xray-local-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, "runs.ndjson");
  const xray = new XRay({ local: file });
  await xray.trackExecution("run", (ctx) => ctx.step("step", () => 1));
  await xray.flush();
  await xray.trackExecution("second", () => 1);
  await xray.shutdown();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const lines = readFileSync(file, "utf8").trim().split("\n").map((l) => JSON.parse(l));
  const spans = lines.flatMap((l) => l.resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans)));
  assert.deepEqual(spans.map((s) => s.name), ["step", "run", "second"]);
  assert.match(spans[0].traceId, /^[0-9a-f]{32}$/);
});

test("a program that forgets shutdown delivers all the same, and hears of loss", async () => {
  const program = `
    import { createServer } from "node:http";
    import { XRay } from ${JSON.stringify(new URL("../dist/esm/index.js", import.meta.url).href)};
    const s = createServer((req, res) => req.resume().on("end", () => { console.log("got it"); res.writeHead(Number(process.argv[1])).end(); s.close(); s.closeIdleConnections(); }));
    s.listen(0, "127.0.0.1", async () => {
      const xray = new XRay({ endpoint: "http://127.0.0.1:" + s.address().port });
      await xray.trackExecution("run", () => 1);
      s.unref();
    });`;
  const run = (status) => spawnSync(process.execPath, ["--input-type=module", "-e", program, status], { encoding: "utf8", timeout: 30_000 });
  assert.equal(run("200").stdout, "got it\n");
  assert.match(run("401").stderr, /LossError: xray: 1 of 1 spans were not delivered: 1 given up: .*XRAY_API_KEY/);
});

test("settings are read where OpenTelemetry's users have them", async () => {
  const s = await server(200);
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: s.url, OTEL_EXPORTER_OTLP_HEADERS: "x-team=a%20b", OTEL_EXPORTER_OTLP_COMPRESSION: "none",
    OTEL_SERVICE_NAME: "shop", OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
  };
  Object.assign(process.env, env);
  try {
    const xray = new XRay();
    await xray.trackExecution("run", () => 1);
    await xray.shutdown();
  } finally {
    for (const k of Object.keys(env)) delete process.env[k];
  }
  assert.equal(s.seen[0]["x-team"], "a b");
  assert.equal(s.seen[0]["content-encoding"], undefined);
  for (const text of ["shop", "deployment.environment.name"]) assert.ok(s.bodies[0].includes(text), text);
  s.close();
});

test("nonsense is refused at the start, with what to do", () => {
  assert.throws(() => new XRay({ endpoint: "ftp://here" }), /is not an endpoint: give a URL such as http/);
  assert.throws(() => new XRay({ local: "/nowhere/at/all" }), /ENOENT/);
});

test("an unsampled execution is not encoded and not sent", async () => {
  process.env.OTEL_TRACES_SAMPLER = "always_off";
  try {
    const xray = new XRay({ exporter: { export: () => assert.fail("sent"), shutdown: async () => {} } });
    let encoded = false;
    await xray.trackExecution("run", (ctx) => ctx.step("s", () => 1, { get x() { encoded = true; return 1; } }));
    await xray.shutdown();
    assert.equal(encoded, false);
  } finally {
    delete process.env.OTEL_TRACES_SAMPLER;
  }
});
