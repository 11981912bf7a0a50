#!/usr/bin/env node
// update-prices.mjs: writes receiver/prices/genai-prices.json from the npm package
// @pydantic/genai-prices (MIT), its licence beside it, and what the package itself
// answers for a few hundred calls (testdata/reference.json), which the Go arithmetic
// is tested against. This is the only step that needs the network; the build and the
// tests use the committed files.
//
//   scripts/update-prices.mjs [VERSION]      (default: latest)
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const name = '@pydantic/genai-prices'
const want = process.argv[2] ?? 'latest'
const out = resolve(import.meta.dirname, '../receiver/prices')
const dir = mkdtempSync(join(tmpdir(), 'prices-'))
const npm = (...args) => execFileSync('npm', args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })

// The data is the first constant of the bundle, an array literal.
function providersOf(bundle) {
  const start = bundle.indexOf('[')
  const end = bundle.indexOf('\n],')
  if (!bundle.startsWith('const ') || end < 0) throw new Error('the bundle has another shape: read it and mend this script')
  return new Function(`"use strict"; return ${bundle.slice(start, end + 2)}`)()
}

// What pricing needs, and no prose: a third of the size.
function slim(providers) {
  return providers.map(({ id, name, provider_match, model_match, fallback_model_providers, models }) => ({
    id, name, provider_match, model_match, fallback_model_providers,
    models: models.map(({ id, match, prices }) => ({ id, match, prices })),
  }))
}

// One call of every model with tiers, dates or other units, and of each twelfth plain one.
function reference(providers, calcPrice) {
  const usages = {
    plain: { input_tokens: 1000, output_tokens: 500 },
    cached: { input_tokens: 10000, cache_read_tokens: 6000, cache_write_tokens: 1000, output_tokens: 700, output_reasoning_tokens: 300 },
    long: { input_tokens: 300000, cache_read_tokens: 50000, output_tokens: 2000 },
    audio: { input_tokens: 3000, input_audio_tokens: 1000, output_tokens: 900, output_audio_tokens: 400 },
  }
  const times = ['2026-09-20T12:00:00Z', '2025-03-01T23:00:00Z']
  const nameFor = (r) => r.equals ?? r.starts_with ?? r.contains ?? r.ends_with ?? (r.or ? nameFor(r.or[0]) : undefined)
  const rows = []
  const ask = (provider, model, usage, at) => {
    try {
      const price = calcPrice(usages[usage], model, { providerId: provider || undefined, timestamp: new Date(at) })
      rows.push([provider, model, usage, at, price ? Number(price.total_price.toPrecision(12)) : null])
    } catch {
      // The package refuses usage that a model's units cannot hold; there is nothing to compare.
    }
  }
  let plain = 0
  for (const p of providers) {
    for (const m of p.models) {
      const model = nameFor(m.match)
      const text = JSON.stringify(m.prices)
      const special = Array.isArray(m.prices) || /tiers|audio|reasoning|requests/.test(text)
      if (!model || (!special && plain++ % 12 !== 0)) continue
      for (const usage of special ? Object.keys(usages) : ['cached']) {
        if (usage === 'audio' && !text.includes('audio')) continue
        for (const at of Array.isArray(m.prices) ? times : times.slice(0, 1)) ask(p.id, model, usage, at)
      }
    }
  }
  for (const [provider, model] of [
    ['', 'gpt-4o-mini-2024-07-18'], ['', 'claude-sonnet-4-5-20250929'], ['', 'gemini-2.5-flash'], ['', 'mistral-large-latest'],
    ['aws', 'us.anthropic.claude-sonnet-4-20250514-v1:0'], ['azure', 'gpt-4o'], ['google', 'claude-sonnet-4-5'],
    ['openrouter', 'openai/gpt-4o-mini'], ['ollama', 'llama3.2'], ['', 'my-own-model'], ['openai', 'gpt-4o-mini-fake'],
  ]) ask(provider, model, 'cached', times[0])
  return rows
}

try {
  const { version, time } = JSON.parse(npm('view', `${name}@${want}`, 'version', 'time', '--json'))
  const [{ filename }] = JSON.parse(npm('pack', `${name}@${version}`, '--json'))
  execFileSync('tar', ['xzf', filename], { cwd: dir })
  const bundle = join(dir, 'package/dist/index.js')
  const providers = providersOf(readFileSync(bundle, 'utf8'))
  const { calcPrice } = await import(bundle)

  // One model per line, so that a change of price is a readable diff.
  const table = { version: time[version].slice(0, 10), source: `${name} ${version}`, providers: slim(providers) }
  writeFileSync(join(out, 'genai-prices.json'), JSON.stringify(table).replaceAll('{"id":', '\n{"id":') + '\n')
  writeFileSync(join(out, 'LICENSE.genai-prices'), readFileSync(join(dir, 'package/LICENSE')))
  const rows = reference(providers, calcPrice)
  mkdirSync(join(out, 'testdata'), { recursive: true })
  writeFileSync(join(out, 'testdata/reference.json'), '[\n' + rows.map((r) => JSON.stringify(r)).join(',\n') + '\n]\n')
  console.log(`${table.source} of ${table.version}: ${providers.length} providers, ` +
    `${providers.reduce((n, p) => n + p.models.length, 0)} models, ${rows.length} reference calls`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
