// Executions to draw: a pipeline with a planted mistake, ordinary ones, and
// records in every bad state. All values come from a seed, so pictures repeat.

import { itemsOf } from './items.mjs';

const MS = 1_000_000n;

/** @param {number} seed */
export function random(seed) {
  let s = seed;
  return () => {
    s = (s * 1664525 + 1013904223) % 4294967296;
    return s / 4294967296;
  };
}

const hex = (n, width) => BigInt(n).toString(16).padStart(width, '0');
export const traceId = (n) => hex(BigInt(n) * 0x9e3779b97f4a7c15n + 0xabcdef0123456789n, 32).slice(-32);
const spanId = (trace, n) =>
  hex((BigInt(trace) * 0x51ed27n + BigInt(n) + 1n) * 0x1b873593cc9e2d51n, 16).slice(-16);

export function rfc3339(nano) {
  const ms = nano / MS;
  const rest = nano - ms * MS;
  const text = new Date(Number(ms)).toISOString().replace('Z', '');
  return `${text}${String(rest).padStart(6, '0')}Z`;
}

/** Builds one execution from a tree of steps: [name, type, startMs, durationMs, extra, children]. */
export function build(n, base, root, more = {}) {
  const steps = [];
  const details = new Map();
  const ids = new Map();
  const add = (node, parentId) => {
    const [name, type, start, took, extra = {}, children = []] = node;
    const { input, output, inputKind, outputKind, reasoning, attributes, events, label, facts, ...rest } =
      extra;
    const id = spanId(n, steps.length);
    if (label) ids.set(label, id);
    const step = {
      id,
      parentId,
      name,
      type,
      status: 'ok',
      service: 'shop-search',
      startedAt: rfc3339(base + BigInt(Math.round(start * 1000)) * 1000n),
      durationNano: String(Math.round(took * 1e6)),
      ...(reasoning ? { headline: reasoning.headline } : {}),
      ...rest,
    };
    steps.push(step);
    const kind = (v) => (v === undefined ? '' : typeof v === 'string' ? 'text' : 'json');
    details.set(id, () => ({
      ...step,
      input,
      output,
      inputKind: inputKind ?? kind(input),
      outputKind: outputKind ?? kind(output),
      attributes: { 'xray.step.type': type, 'code.function': name, ...attributes },
      events: events ?? [],
      links: [],
      resource: {
        'service.name': step.service,
        'service.version': '1.14.2',
        'host.name': 'worker-3',
        'telemetry.sdk.language': 'go',
      },
      scope: { name: 'github.com/xraytrace/xray/sdk', version: '0.1.0' },
      spanKind: 'internal',
      otelStatus: { code: step.status === 'error' ? 'error' : 'unset', message: step.error ?? '' },
      ...(step.model
        ? {
            provider: 'openai',
            requestModel: step.model,
            finishReason: 'stop',
            streaming: false,
            parameters: { temperature: 0.2, max_tokens: 400 },
            tokens: { input: step.inputTokens, cacheRead: '512', output: step.outputTokens, reasoning: '96' },
            costSource: 'computed',
            priceDate: '2026-11-01',
          }
        : {}),
      facts: facts ?? [],
      ...(reasoning ? { reasoning: finish(reasoning, ids) } : {}),
    }));
    for (const child of children) add(child, id);
  };
  for (const top of Array.isArray(root[0]) ? root : [root]) add(top, '');
  const { reasoning, facts = [], ...rest } = more;
  const first = steps[0];
  const id = traceId(n);
  const sum = (key) => steps.reduce((a, s) => a + Number(s[key] ?? 0), 0);
  const execution = {
    id,
    executionId: id,
    projectId: 'default',
    name: first.name,
    status: first.status,
    startedAt: first.startedAt,
    completedAt: rfc3339(base + BigInt(first.durationNano)),
    durationNano: first.durationNano,
    stepCount: steps.length,
    errorCount: steps.filter((s) => s.status === 'error').length,
    service: first.service,
    models: [...new Set(steps.map((s) => s.model).filter(Boolean))],
    tags: [],
    headline: reasoning?.headline ?? '',
    settled: true,
    metadata: {},
    facts: facts.map((f) => ({
      pointers: [],
      values: {},
      ...f,
      stepId: ids.get(f.stepId) ?? f.stepId ?? '',
    })),
    ...(sum('inputTokens') > 0
      ? { inputTokens: String(sum('inputTokens')), outputTokens: String(sum('outputTokens')) }
      : {}),
    ...(sum('costUsd') > 0 ? { costUsd: sum('costUsd') } : {}),
    ...rest,
    ...(reasoning ? { reasoning: finish(reasoning, ids) } : {}),
  };
  if (execution.status === 'running') delete execution.completedAt;
  return { execution, steps, details };
}

function finish(reasoning, ids) {
  return {
    source: 'facts',
    missingInformation: [],
    verifiedRate: 1,
    createdAt: '2026-11-22T20:00:00Z',
    ...reasoning,
    decisiveSteps: (reasoning.decisiveSteps ?? []).map((s) => ids.get(s) ?? s),
    claims: (reasoning.claims ?? []).map((c) => ({
      id: c.text,
      kind: 'observed',
      verdict: 'verified',
      facts: [],
      ...c,
      evidence: (c.evidence ?? []).map((e) => ({ ...e, stepId: ids.get(e.stepId) ?? e.stepId })),
    })),
  };
}

const products = (count, seed) => {
  const next = random(seed);
  const words = ['Aero', 'Nimbus', 'Volt', 'Prime', 'Terra', 'Lumen', 'Orbit', 'Quartz', 'Ridge', 'Sable'];
  const kinds = [
    'water bottle',
    'water bottle',
    'water bottle',
    'bottle brush',
    'bottle cap',
    'carry sleeve',
    'phone case',
  ];
  return Array.from({ length: count }, (_, i) => ({
    asin: `B0${(100000 + i * 7919).toString(36).toUpperCase()}`,
    title: `${words[i % 10]} ${kinds[Math.floor(next() * 7)]} ${Math.floor(next() * 30) * 50 + 350} ml`,
    price: Math.round(next() * 6000) / 100 + 5,
    rating: Math.round((2.8 + next() * 2.2) * 10) / 10,
    reviews: Math.floor(next() * 9000),
    category: next() < 0.55 ? 'Bottles' : 'Accessories',
    inStock: next() > 0.1,
  }));
};

export function competitorSearch(n, base, more = {}) {
  const found = products(120, n);
  const bottles = found.filter((p) => p.rating >= 3.8 && p.price >= 15 && p.price <= 60).slice(0, 40);
  const winner = {
    ...bottles[4],
    title: 'Nimbus phone case P9',
    category: 'Accessories',
    reviews: 8932,
    rating: 4.9,
  };
  const passed = [winner, ...bottles.filter((_, i) => i !== 4).slice(0, 11)];
  const scene = build(
    n,
    base,
    [
      'competitor-search',
      'agent',
      0,
      2840,
      {
        input: { product: { title: 'ProBrand steel bottle 1 l', price: 29.99, category: 'Bottles' } },
        output: { picked: winner.asin, title: winner.title },
        reasoning: { headline: 'Picked Nimbus phone case P9 of 120 found.', claims: [] },
      },
      [
        [
          'write keywords',
          'llm',
          4,
          1210,
          {
            label: 's1',
            model: 'gpt-4o-mini',
            inputTokens: '684',
            outputTokens: '58',
            costUsd: 0.000137,
            inputKind: 'messages',
            outputKind: 'messages',
            input: [
              {
                role: 'system',
                parts: [
                  {
                    type: 'text',
                    content:
                      'You write search keywords for a marketplace. Answer with a JSON array of at most three keyword phrases.',
                  },
                ],
              },
              {
                role: 'user',
                parts: [
                  {
                    type: 'text',
                    content:
                      'ProBrand steel bottle 1 l, double wall, leak proof lid, $29.99, category Bottles',
                  },
                ],
              },
              {
                role: 'assistant',
                parts: [
                  {
                    type: 'tool_call',
                    id: 'call_81',
                    name: 'lookup_brand',
                    arguments: { brand: 'ProBrand', market: 'US' },
                  },
                ],
              },
              {
                role: 'tool',
                parts: [
                  {
                    type: 'tool_call_response',
                    id: 'call_81',
                    response: { brand: 'ProBrand', tier: 'mid', competitors: ['Aero', 'Nimbus', 'Volt'] },
                  },
                ],
              },
            ],
            output: [
              {
                role: 'assistant',
                finish_reason: 'stop',
                parts: [
                  {
                    type: 'reasoning',
                    content: 'The product is a bottle; capacity and material matter most.',
                  },
                  { type: 'text', content: '["steel water bottle 1 l", "insulated bottle", "nimbus"]' },
                ],
              },
            ],
            reasoning: {
              headline: 'The model wrote three keyword phrases; the third names a brand only.',
              claims: [
                {
                  text: 'The third keyword is "nimbus", which names no kind of product.',
                  evidence: [{ stepId: 's1', pointer: '/output/0/parts/1/content', quote: '"nimbus"' }],
                },
              ],
            },
          },
        ],
        [
          'search marketplace',
          'retriever',
          1220,
          640,
          {
            label: 's2',
            input: { keywords: ['steel water bottle 1 l', 'insulated bottle', 'nimbus'], limit: 120 },
            output: found,
            reasoning: { headline: '120 products entered the run here.', claims: [] },
          },
          [
            ['GET /v2/search', 'http', 1226, 201, {}],
            ['GET /v2/search', 'http', 1430, 214, {}],
            ['GET /v2/search', 'http', 1648, 205, {}],
          ],
        ],
        [
          'filter price and rating',
          'function',
          1866,
          12,
          {
            label: 's3',
            input: { minPrice: 15, maxPrice: 60, minRating: 3.8, candidates: found },
            output: bottles,
            reasoning: {
              headline: `120 → ${bottles.length}: rating ≥ 3.8 and price from 15 to 60 separate kept from dropped.`,
              claims: [],
            },
          },
        ],
        [
          'category filter',
          'guardrail',
          1880,
          3,
          {
            label: 's4',
            input: { category: null, candidates: bottles },
            output: { kept: passed, dropped: [] },
            reasoning: {
              headline: 'Received no category, so accessories passed.',
              claims: [
                {
                  text: 'The filter was given category null.',
                  evidence: [{ stepId: 's4', pointer: '/input/category', quote: 'null' }],
                },
              ],
            },
          },
        ],
        [
          'rank',
          'reranker',
          1886,
          820,
          {
            label: 's5',
            model: 'gpt-4o',
            inputTokens: '2210',
            outputTokens: '140',
            costUsd: 0.0069,
            input: { query: 'ProBrand steel bottle 1 l', candidates: passed.length },
            inputKind: 'json',
            outputKind: 'documents',
            output: passed.slice(0, 5).map((p, i) => ({
              id: p.asin,
              content: p.title,
              score: Math.round((0.94 - i * 0.11) * 100) / 100,
              metadata: { reviews: p.reviews, rating: p.rating },
            })),
            reasoning: {
              headline: 'Reviews outweigh everything: 8,932 put the phone case first.',
              claims: [],
            },
          },
        ],
        [
          'pick best',
          'function',
          2710,
          2,
          {
            label: 's6',
            input: passed.slice(0, 5),
            output: winner,
            reasoning: { headline: 'Took the first of five.', claims: [] },
          },
        ],
      ],
    ],
    {
      tags: ['demo', 'v5'],
      environment: 'production',
      release: '2026.11.3',
      sessionId: 'chat-99',
      userId: 'user-7',
      funnel: [120, bottles.length, 12, 5, 1],
      metadata: { plan: 'pro', seats: 3, trial: false },
      finalOutcome: { picked: winner.asin, title: winner.title, score: 0.94 },
      receipt: { started: 10, ended: 10, dropped: 0, cut: 1, received: 10 },
      costPartial: true,
      reasoning: {
        source: 'model',
        model: 'gpt-4o-mini',
        confidence: 'high',
        verifiedRate: 0.75,
        costUsd: 0.0021,
        headline:
          'Picked “Nimbus phone case P9” because its 8,932 reviews ranked it first; it should have been dropped at category filter, which received no category.',
        decisiveSteps: ['s4', 's5'],
        claims: [
          {
            text: 'The category filter was given no category, so it let every kind of product through.',
            evidence: [{ stepId: 's4', pointer: '/input/category', quote: 'null' }],
            facts: ['F1'],
          },
          {
            text: 'The phone case is in the category Accessories, not Bottles.',
            evidence: [{ stepId: 's4', pointer: '/output/kept/0/category', quote: 'Accessories' }],
          },
          {
            text: 'Ranking put it first with a score of 0.94; the next has 0.83.',
            kind: 'derived',
            verdict: 'derived',
            evidence: [
              { stepId: 's5', pointer: '/output/0/score', quote: '0.94' },
              { stepId: 's5', pointer: '/output/1/score', quote: '0.83' },
            ],
            facts: ['F3'],
          },
          {
            text: 'The caller probably forgot to pass the category on after the search.',
            kind: 'hypothesis',
            verdict: 'unverified',
            why: 'No step records how the filter is called.',
            evidence: [],
          },
        ],
        missingInformation: ['Why the category was empty: the caller of the filter is not recorded.'],
      },
      facts: [
        {
          id: 'F1',
          kind: 'empty_parameter',
          severity: 'alarm',
          stepId: 's4',
          pointers: ['/input/category'],
          text: 'category filter was given the empty parameter category.',
        },
        {
          id: 'F2',
          kind: 'none_dropped',
          severity: 'notice',
          stepId: 's4',
          pointers: ['/output/dropped'],
          text: 'category filter kept all 12 candidates; it dropped none.',
        },
        {
          id: 'F3',
          kind: 'picked',
          severity: 'notice',
          stepId: 's5',
          pointers: ['/output/0'],
          text: 'rank put B0… first of 5 with score 0.94, 0.11 above the next.',
        },
        {
          id: 'F4',
          kind: 'criterion',
          severity: 'info',
          stepId: 's3',
          pointers: ['/input/minRating'],
          text: 'rating ≥ 3.8 (/input/minRating) keeps all kept and drops 71 of the dropped.',
        },
        {
          id: 'F5',
          kind: 'found',
          severity: 'info',
          stepId: 's2',
          pointers: ['/output'],
          text: '120 items entered the run at search marketplace.',
        },
      ],
      ...more,
    },
  );
  const at = (name) => scene.steps.find((s) => s.name === name)?.id;
  const out = (list) => list.map((p) => ({ key: p.asin, label: p.title }));
  scene.items = itemsOf([
    { stepId: at('search marketplace'), name: 'search marketplace', out: out(found) },
    {
      stepId: at('filter price and rating'),
      name: 'filter price and rating',
      out: out(bottles),
      criterion: 'rating ≥ 3.8 (/input/minRating)',
    },
    { stepId: at('category filter'), name: 'category filter', out: out(passed) },
    { stepId: at('rank'), name: 'rank', out: out(passed.slice(0, 5)), criterion: 'the first 5 by score' },
    { stepId: at('pick best'), name: 'pick best', out: out(passed.slice(0, 1)), criterion: 'the first' },
  ]);
  return scene;
}

const PLAIN = [
  [
    'movie-recommendation',
    'recommender',
    [30, 8, 5, 1],
    'Recommended “Arrival”: of 8 films rated 7 or better it matches most of the wanted themes.',
  ],
  [
    'support-answer',
    'helpdesk',
    [40, 6, 2],
    'Answered from kb-1 (score 0.91); the second document was below the threshold of 0.5.',
  ],
  [
    'product-categorize',
    'catalog',
    [],
    'Assigned “Kitchen > Storage” with 0.82; the title mentions airtight lids.',
  ],
  [
    'lead-score',
    'crm',
    [5000, 812, 40, 5],
    'Scored 71 of 100: company size counts most, the missing phone number costs 12.',
  ],
  ['invoice-extract', 'backoffice', [], ''],
];

export function ordinary(n, base, seed) {
  const next = random(seed);
  const [name, service, funnel, headline] = PLAIN[Math.floor(next() * PLAIN.length)];
  const failed = next() < 0.13;
  const took = 120 + Math.floor(next() ** 3 * 9000);
  const error = 'dial tcp 10.4.2.11:5432: connect: connection refused';
  return build(
    n,
    base,
    [
      name,
      'chain',
      0,
      took,
      {
        service,
        status: failed ? 'error' : 'ok',
        input: { request: n },
        output: failed ? undefined : { ok: true },
      },
      [
        [
          'draft',
          'llm',
          took * 0.05,
          took * 0.5,
          {
            service,
            model: next() < 0.7 ? 'gpt-4o-mini' : 'claude-sonnet-4',
            inputTokens: String(200 + Math.floor(next() * 4000)),
            outputTokens: String(20 + Math.floor(next() * 600)),
            costUsd: next() * 0.02,
            input: 'Write it.',
            output: 'Done.',
          },
        ],
        [
          'lookup',
          'db',
          took * 0.6,
          took * 0.3,
          {
            service,
            status: failed ? 'error' : 'ok',
            error: failed ? error : undefined,
            input: { sql: 'select …' },
          },
        ],
      ],
    ],
    {
      funnel: funnel.length > 0 ? funnel : undefined,
      tags: next() < 0.3 ? ['eval'] : [],
      reasoning: failed
        ? {
            headline: 'Failed at lookup: the database refused the connection.',
            claims: [{ text: 'lookup ended with “connection refused”.', evidence: [] }],
          }
        : headline
          ? { headline, claims: [] }
          : undefined,
    },
  );
}

export function running(n, base) {
  return build(
    n,
    base,
    [
      'research-agent',
      'agent',
      0,
      0,
      { status: 'running', service: 'research', input: 'Compare heat pumps for a cold climate.' },
      [
        [
          'plan',
          'llm',
          40,
          2100,
          {
            service: 'research',
            model: 'gpt-4o',
            inputTokens: '410',
            outputTokens: '220',
            costUsd: 0.0032,
            output: 'Three searches.',
          },
        ],
        [
          'web_search',
          'tool',
          2180,
          1400,
          {
            service: 'research',
            output: [
              { url: 'https://example.org/a', title: 'A' },
              { url: 'https://example.org/b', title: 'B' },
            ],
          },
        ],
        ['read page', 'tool', 3600, 0, { service: 'research', status: 'running' }],
      ],
    ],
    { settled: false },
  );
}

export function big(n, base, count = 10_000) {
  const next = random(7);
  const children = [];
  let at = 2;
  for (let i = 0; children.length < count / 11; i++) {
    const took = 1 + next() * 18;
    const leaves = Array.from({ length: 10 }, (_, k) => [
      `score item ${k}`,
      k % 3 ? 'function' : 'db',
      at + (took * k) / 10,
      took / 10,
      { status: next() < 0.002 ? 'error' : 'ok', output: { i, k } },
    ]);
    children.push([`batch ${i}`, 'chain', at, took, {}, leaves]);
    at += took * 0.8;
  }
  return build(n, base, ['nightly-rescore', 'chain', 0, at + 5, {}, children], {
    reasoning: { headline: 'Rescored every item; a few lookups failed and were skipped.', claims: [] },
  });
}

/** Everything that can be wrong with a record, in one. */
export function broken(n, base) {
  const evil = '<img src=x onerror=alert(1)><script>document.title="owned"</script>';
  const scene = build(
    n,
    base,
    [
      [
        `${evil} `.repeat(3) + 'very long name '.repeat(130),
        'agent',
        0,
        900,
        {
          status: 'error',
          error: `${evil} failed\n  at line 2`,
          input: evil,
          output: { html: evil, nul: 'a\u0000b', nested: '{"a":[1,2,{"b":"c"}]}', big: 'x'.repeat(20_000) },
          attributes: { مفتاح: 'قيمة', [evil]: evil },
          events: [
            {
              time: rfc3339(base + 5n * MS),
              name: 'exception',
              attributes: {
                'exception.message': evil,
                'exception.stacktrace': 'Error: boom\n    at a (b.js:1:2)\n'.repeat(12),
              },
            },
          ],
        },
        [
          [
            'مرحبا بالعالم: بحث عن المنتجات',
            'retriever',
            10,
            200,
            { output: [{ id: 'د', content: 'نص عربي طويل', score: 0.9 }], outputKind: 'documents' },
          ],
          ['👩‍👩‍👧‍👦 emoji 🎬🍿', 'tool', 220, 100, {}],
          ['', 'span', 330, 50, {}],
          ['began before its parent', 'function', -80, 30, {}],
          ['ended in 1970', 'db', -1.79e12, 1, {}],
          ['ten years ahead', 'http', 3.15e11, 1, {}],
          [
            'claims to be messages',
            'llm',
            400,
            10,
            {
              input: { not: 'messages' },
              inputKind: 'messages',
              output: [{ role: 1 }],
              outputKind: 'messages',
            },
          ],
        ],
      ],
      ['a second root', 'messaging', 500, 40, {}, [['its child', 'rpc', 505, 10, {}]]],
    ],
    {
      name: `${evil} ${'long '.repeat(60)}`,
      tags: [evil, 'مرحبا', 'b', 'c'],
      metadata: { [evil]: evil },
      finalOutcome: evil,
      receipt: { started: 14, ended: 13, dropped: 1, cut: 2, received: 11 },
      reasoning: {
        headline: `${evil} — the headline holds HTML too`,
        claims: [
          {
            text: evil,
            verdict: 'unverified',
            why: 'It proves nothing.',
            evidence: [{ stepId: 'ffffffffffffffff', pointer: '/output/nowhere', quote: evil }],
          },
        ],
      },
      job: {
        id: '9',
        executionId: 'x',
        status: 'failed',
        attempts: 5,
        error: 'The model server answered 429 five times: the quota of this key is used up.',
        createdAt: rfc3339(base),
        updatedAt: rfc3339(base),
      },
    },
  );
  const extra = (name, parentId, id) => {
    const step = { ...scene.steps[1], id, parentId, name, headline: undefined };
    scene.steps.push(step);
    scene.details.set(id, () => ({ ...scene.details.get(scene.steps[1].id)(), ...step }));
  };
  extra('orphan one', 'deadbeefdeadbeef', 'aaaaaaaaaaaaaaa1');
  extra('orphan two', 'deadbeefdeadbeef', 'aaaaaaaaaaaaaaa2');
  extra('cycle a', 'ccccccccccccccc2', 'ccccccccccccccc1');
  extra('cycle b', 'ccccccccccccccc1', 'ccccccccccccccc2');
  extra('its own parent', 'eeeeeeeeeeeeeee1', 'eeeeeeeeeeeeeee1');
  scene.execution.stepCount = scene.steps.length;
  return scene;
}
