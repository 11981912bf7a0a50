#!/usr/bin/env node
// update-prices.mjs: writes receiver/prices/genai-prices.json from the npm package
// @pydantic/genai-prices (MIT), and its licence beside it. This is the only step
// that needs the network; the build and the tests use the committed file.
//
//   scripts/update-prices.mjs [VERSION]      (default: latest)
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const name = '@pydantic/genai-prices'
const want = process.argv[2] ?? 'latest'
const out = resolve(import.meta.dirname, '../receiver/prices')
const dir = mkdtempSync(join(tmpdir(), 'prices-'))
const npm = (...args) => execFileSync('npm', args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })

try {
  const { version, time } = JSON.parse(npm('view', `${name}@${want}`, 'version', 'time', '--json'))
  const [{ filename }] = JSON.parse(npm('pack', `${name}@${version}`, '--json'))
  execFileSync('tar', ['xzf', filename], { cwd: dir })

  // The data is the first constant of the bundle, an array literal. It is
  // evaluated alone, in a function without arguments: nothing else of the
  // package runs.
  const bundle = readFileSync(join(dir, 'package/dist/index.js'), 'utf8')
  const start = bundle.indexOf('[')
  const end = bundle.indexOf('\n],')
  if (!bundle.startsWith('const ') || end < 0) throw new Error('the bundle has another shape: read it and mend this script')
  const providers = new Function(`"use strict"; return ${bundle.slice(start, end + 2)}`)()

  // What pricing needs, and no prose: a fifth of the size.
  const slim = providers.map(({ id, name, provider_match, model_match, fallback_model_providers, models }) => ({
    id, name, provider_match, model_match, fallback_model_providers,
    models: models.map(({ id, match, prices }) => ({ id, match, prices })),
  }))
  const table = { version: time[version].slice(0, 10), source: `${name} ${version}`, providers: slim }
  // One model per line, so that a change of price is a readable diff.
  writeFileSync(join(out, 'genai-prices.json'), JSON.stringify(table).replaceAll('{"id":', '\n{"id":') + '\n')
  writeFileSync(join(out, 'LICENSE.genai-prices'), readFileSync(join(dir, 'package/LICENSE')))
  console.log(`${table.source} of ${table.version}: ${slim.length} providers, ${slim.reduce((n, p) => n + p.models.length, 0)} models`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
