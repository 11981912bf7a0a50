// The package as people use it: packed, installed into a fresh project, and
// compared with what the built server makes of it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { XRay } from "../dist/esm/index.js";
import { startServer } from "./server.mjs";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const example = join(here, "../../../examples/movie-recommendation-ts");
const dir = mkdtempSync(join(tmpdir(), "xray-sdk-"));
let server, key;

const receipt = (e) => Object.fromEntries(Object.entries(e.receipt).map(([k, v]) => [k, Number(v)]));

before(async () => {
  server = await startServer();
  key = (await run(server.binary, ["key", "create", "--data-dir", server.dataDir, "--project", "default", "--scope", "ingest"])).stdout.trim();
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", dir], { cwd: join(here, "..") });
  const [{ filename, files }] = JSON.parse(stdout);
  assert.ok(files.every((f) => /^(dist\/|README.md$|package.json$)/.test(f.path)), "only what is used is published");
  cpSync(example, dir, { recursive: true, filter: (from) => !/node_modules|dist|package-lock/.test(from) });
  cpSync(join(here, "fixtures"), dir, { recursive: true });
  const project = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
  project.dependencies["@xray/sdk"] = `file:${filename}`;
  writeFileSync(join(dir, "package.json"), JSON.stringify(project));
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"], { cwd: dir });
});
after(async () => {
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
});

for (const file of ["seed.mjs", "seed.cjs"]) {
  test(`${file} runs in a fresh project, and all of it is there`, async () => {
    const { stdout } = await run("node", [file], { cwd: dir, env: { ...process.env, ENDPOINT: server.http, API_KEY: key } });
    const { title, ids } = JSON.parse(stdout);
    assert.equal(title, "Alien");
    const [movie, byHand] = [await server.settled(ids[0]), await server.settled(ids[1])];
    assert.deepEqual([movie.name, movie.status, movie.finalOutcome], ["movie recommendation", "ok", { title: "Alien" }]);
    assert.deepEqual(receipt(movie), { started: 3, ended: 3, dropped: 0, cut: 0, received: 3 });
    assert.deepEqual([byHand.name, byHand.status], ["by hand", "error"]);
  });
}

test("the movie example is compiled against the package's types and leads to its execution", async () => {
  const { stdout } = await run("npm", ["start", "--silent"], { cwd: dir, env: { ...process.env, XRAY_ENDPOINT: server.http, XRAY_UI_URL: server.ui } });
  const [, id, title] = /See why: http:\/\/\S+\/executions\/([0-9a-f]{32})\n(.*)\n/.exec(stdout);
  assert.match(title, /^(WALL·E|Back to the Future|The Truman Show)/);
  const e = await server.settled(id);
  assert.deepEqual([e.status, e.userId, e.tags, e.stepCount], ["ok", "ada", ["example"], 6]);
  assert.deepEqual(receipt(e), { started: 6, ended: 6, dropped: 0, cut: 0, received: 6 });
});

test("a program for the first SDK runs with another endpoint and nothing else changed", async () => {
  await run(join(dir, "node_modules/.bin/tsc"), ["--strict", "--module", "NodeNext", "--target", "ES2022", "--types", "node", "old-program.ts"], { cwd: dir });
  const { stdout } = await run("node", ["old-program.js"], { cwd: dir, env: { ...process.env, DASHBOARD: server.ui } });
  assert.equal(stdout, "Tonight: Rio Bravo\n");
  const { executions } = await server.get("/api/executions?name=tonight");
  const e = await server.settled(executions[0].id);
  assert.deepEqual([e.status, e.stepCount], ["ok", 5]);
  const { steps } = await server.get(`/api/executions/${e.id}/steps`);
  const whole = await server.get(`/api/executions/${e.id}/steps/${steps.find((s) => !s.parentId).id}`);
  assert.deepEqual(whole.output, { name: "Rio Bravo", stars: 8, genre: "Western" }, "what the program returned");
  assert.deepEqual(receipt(e), { started: 5, ended: 5, dropped: 0, cut: 0, received: 5 });
});

test("CommonJS sees the types, too", async () => {
  writeFileSync(join(dir, "types.cts"), `import { LossError, type XRayOptions, XRay } from "@xray/sdk";
const options: XRayOptions = { live: true, mask: (_attribute, json) => json };
const movie: Promise<{ title: string }> = new XRay(options).trackExecution("run", async (ctx) => ctx.stepSync("s", () => ({ title: ctx.getExecutionId() })));
movie.catch((err: unknown) => err instanceof LossError && err.rejected);
`);
  await run(join(dir, "node_modules/.bin/tsc"), ["--noEmit", "--strict", "--module", "NodeNext", "--target", "ES2022", "--types", "node", "types.cts"], { cwd: dir });
});

test("shortened payloads and lost steps are said by the server", async () => {
  const xray = new XRay({ endpoint: server.http, payloadLimit: 1024, delivery: { queueBytes: 6 << 10, blockFor: 0, delay: 3_600_000 } });
  const id = await xray.trackExecution("eleven steps", async (ctx) => {
    for (let i = 0; i < 10; i++) ctx.stepSync(String(i), () => undefined, "x".repeat(4 << 10));
    await assert.rejects(xray.flush(), (e) => e.dropped > 0);
    return ctx.getExecutionId();
  });
  await assert.rejects(xray.shutdown(20_000), (e) => e.dropped > 0);
  const r = receipt(await server.settled(id));
  assert.deepEqual([r.started, r.ended, r.cut], [11, 11, 10]);
  assert.ok(r.dropped > 0 && r.received === 11 - r.dropped, JSON.stringify(r));
});

test("a running execution is watched", async () => {
  const xray = new XRay({ endpoint: server.http, live: true });
  const id = await xray.trackExecution("slow", async (ctx) => {
    await ctx.step("thinking", async () => {
      await xray.flush();
      assert.equal((await server.get(`/api/executions/${ctx.getExecutionId()}`)).status, "running");
      const { steps } = await server.get(`/api/executions/${ctx.getExecutionId()}/steps`);
      assert.deepEqual(steps.map((s) => [s.name, s.status]).sort(), [["slow", "running"], ["thinking", "running"]]);
    });
    return ctx.getExecutionId();
  });
  await xray.shutdown();
  const e = await server.settled(id);
  assert.deepEqual([e.status, e.stepCount, Number(e.receipt.received)], ["ok", 2, 2]);
});

test("a local file is imported, and what toJSON returns is taken", async () => {
  const file = join(dir, "runs.ndjson");
  const xray = new XRay({ local: file });
  const doc = await xray.trackExecution("recorded elsewhere", async (ctx) => {
    await ctx.step("one", () => 1, "in");
    return ctx.toJSON();
  });
  await xray.shutdown();
  const { stdout } = await run(server.binary, ["import", file, "--url", server.ui]);
  assert.match(stdout, /Imported 1, left out 0/);
  assert.deepEqual(receipt(await server.settled(doc.executionId)), { started: 2, ended: 2, dropped: 0, cut: 0, received: 2 });
  const body = JSON.stringify({ ...doc, executionId: "ts-posted" });
  const response = await fetch(`${server.ui}/api/executions`, { method: "POST", body, headers: { "content-type": "application/json" } });
  assert.equal(response.status, 201);
  assert.equal((await server.settled("ts-posted")).stepCount, 2);
});
