import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));

test("the packed package works in a fresh project, as ESM and as CommonJS", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "xray-sdk-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", dir], { cwd: join(here, "..") });
  const [{ filename, files }] = JSON.parse(stdout);
  assert.ok(files.every((f) => !f.path.includes("test/")), "tests are not published");
  writeFileSync(join(dir, "package.json"), "{}");
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", join(dir, filename)], { cwd: dir });

  let bytes = 0;
  const server = createServer((req, res) => req.on("data", (d) => { bytes += d.length; }).on("end", () => res.end()));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => server.close());
  for (const file of ["movie.mjs", "movie.cjs"]) {
    bytes = 0;
    copyFileSync(join(here, "fixtures", file), join(dir, file));
    const got = await run("node", [file], { cwd: dir, env: { ...process.env, ENDPOINT: `http://127.0.0.1:${server.address().port}` } });
    assert.equal(got.stdout.trim(), "Alien");
    assert.ok(bytes > 500, `${file} sent ${bytes} bytes`);
  }
});
