import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const binary = process.env.XRAY_BIN ?? fileURLToPath(new URL("../../../bin/xray", import.meta.url));

/** Starts the built server; XRAY_BIN or bin/xray must be there. */
export async function startServer() {
  // PostgreSQL does not run as root: its own user must reach the directory.
  const dir = mkdtempSync("/tmp/xray-typescript-");
  chmodSync(dir, 0o755);
  const env = Object.fromEntries(Object.entries(process.env).filter(([k]) => !/^(XRAY_|OPENAI_|DATABASE_URL$)/.test(k)));
  const ports = ["--listen", "--otlp-http", "--otlp-grpc"].flatMap((f) => [f, "localhost:0"]);
  const child = spawn(binary, ["serve", "--data-dir", `${dir}/data`, ...ports], { env, stdio: ["ignore", "pipe", "ignore"] });
  const said = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const words = line.trim().split(/\s+/);
    said[words[0]] = words.at(-1);
    if (words[0] === "Explains") break;
  }
  assert.ok(said.Web, `${binary} did not start: build it with make build`);
  const get = async (path) => {
    const response = await fetch(said.Web + path);
    assert.equal(response.status, 200, `${path}: ${response.status}`);
    return response.json();
  };
  /** The execution, when its totals are final. */
  const settled = async (id) => {
    for (let tries = 0; ; tries++) {
      const e = await get(`/api/executions/${id}`);
      if (e.settled || tries > 600) return e;
      await new Promise((done) => setTimeout(done, 100));
    }
  };
  const stop = async () => {
    child.kill();
    await new Promise((done) => child.once("exit", done));
    rmSync(dir, { recursive: true, force: true });
  };
  return { ui: said.Web, http: said["OTLP/HTTP"], binary, dataDir: `${dir}/data`, get, settled, stop };
}
