// A stand-in for the API, for states that a real server cannot be brought into
// at will: 10,000 steps, broken records, a lost connection, a refused key. It
// serves the built UI with the same Content-Security-Policy as the real one.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { activity } from './activity.mjs';
import { compare } from './items.mjs';
import { counted, facets, faults, fits, vocabulary } from './query.mjs';
import { competitorSearch } from './scenes.mjs';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export class MockServer {
  /** @type {Map<string, {execution: object, steps: object[], details: Map<string, () => object>}>} */
  scenes = new Map();
  streams = new Set();
  views = [];
  /** Set to demand a key; `down` breaks every API call. */
  key = undefined;
  down = false;

  async start(port = 0) {
    this.http = http.createServer((req, res) => this.#answer(req, res));
    await new Promise((done) => this.http.listen(port, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${this.http.address().port}`;
    return this;
  }

  stop() {
    for (const stream of this.streams) stream.destroy();
    this.http.closeAllConnections();
    return new Promise((done) => this.http.close(done));
  }

  /** Stores a scene and tells every open page. */
  put(scene) {
    this.scenes.set(scene.execution.id, scene);
    this.#emit('execution', summary(scene.execution));
  }

  remove(id) {
    this.scenes.delete(id);
    this.#emit('deleted', { id });
  }

  breakDown() {
    this.down = true;
    for (const stream of this.streams) stream.destroy();
  }

  #emit(event, data) {
    for (const stream of this.streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #answer(req, res) {
    const url = new URL(req.url, 'http://x');
    res.setHeader('Content-Security-Policy', CSP);
    if (!url.pathname.startsWith('/api/')) return this.#file(url.pathname, res);
    if (this.down) return req.socket.destroy();
    if (url.pathname === '/api/account/login') {
      return json(res, { local: !this.key, setup: Boolean(this.key), provider: '' });
    }
    if (this.key && req.headers.authorization !== `Bearer ${this.key}`) {
      const detail = req.headers.authorization
        ? 'this key is not known: check it, or make a new one'
        : 'give a key: Authorization: Bearer KEY';
      return problem(res, 401, 'unauthorized', detail);
    }
    if (url.pathname === '/api/events') return this.#stream(res);
    return this.#api(url, res, req);
  }

  #stream(res) {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write('event: ready\ndata: {}\n\n');
    this.streams.add(res);
    res.on('close', () => this.streams.delete(res));
  }

  #api(url, res, req) {
    const parts = url.pathname.split('/').slice(2);
    if (parts[0] === 'session') {
      return json(res, {
        projectId: 'default',
        scope: 'admin',
        local: !this.key,
        version: '0.1.0',
        otlp: { http: 'http://localhost:4318', grpc: 'http://localhost:4317' },
        reasoning: { source: 'facts' },
      });
    }
    if (parts[0] === 'projects')
      return json(res, { projects: [{ projectId: 'default', createdAt: '2026-11-01T00:00:00Z' }] });
    if (parts[0] === 'reasoning') {
      const now = new Date().toISOString();
      return json(
        res,
        { id: '1', executionId: 'x', status: 'pending', attempts: 0, createdAt: now, updatedAt: now },
        202,
      );
    }
    if (url.searchParams.has('q') && faults(url.searchParams.get('q')).length > 0) {
      const errors = faults(url.searchParams.get('q'));
      return problem(res, 400, 'invalid', 'the query cannot be read', { errors });
    }
    if (parts[0] === 'facets') {
      return json(res, facets(this.#fitting(url.searchParams), url.searchParams.get('q') ?? ''));
    }
    if (parts[0] === 'query') return json(res, parts[1] ? this.#values(url.searchParams) : vocabulary);
    if (parts[0] === 'views') return this.#views(req, parts[1], res);
    if (parts[0] === 'pipelines') return json(res, { since: '', until: '', pipelines: [], leftOut: 0 });
    if (parts[0] === 'demo') return this.#demo(res);
    if (parts[2] === 'ignored-paths') return json(res, { paths: [] });
    if (parts[0] === 'compare') return this.#compare(url.searchParams, res);
    if (parts[0] !== 'executions') return problem(res, 404, 'not_found', 'there is nothing at this address');
    if (parts.length === 1) return this.#list(url.searchParams, res);
    if (parts[1] === 'histogram')
      return json(res, activity(this.#fitting(url.searchParams), url.searchParams));
    const scene = this.#scene(parts[1]);
    if (!scene) return problem(res, 404, 'not_found', `no execution ${parts[1]} in this project`);
    if (parts.length === 2) return json(res, scene.execution);
    if (['funnel', 'items', 'why-not'].includes(parts[2]))
      return this.#items(scene, parts, url.searchParams, res);
    if (parts[2] === 'scores') return json(res, { scores: [] });
    if (parts[2] === 'notes') return json(res, { notes: [] });
    if (parts[2] === 'ask') return answer(scene, res);
    if (parts[2] === 'otlp') return json(res, { resourceSpans: [] });
    if (parts.length === 3)
      return json(res, { steps: [...scene.steps].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)) });
    const detail = scene.details.get(parts[3]);
    if (!detail) return problem(res, 404, 'not_found', `no step ${parts[3]} in this execution`);
    if (parts[4] === 'payload') return json(res, detail()[url.searchParams.get('pointer').slice(1)]);
    if (parts[4] === 'changes') return json(res, scene.items.changes(parts[3], url.searchParams));
    return json(res, outlined(detail(), Number(url.searchParams.get('maxPayload'))));
  }

  #values(query) {
    const values = counted(this.#fitting(query), query.get('field'));
    const begin = (query.get('prefix') ?? '').toLowerCase();
    return { values: values.filter((v) => v.value.toLowerCase().startsWith(begin)), more: false };
  }

  #views(req, id, res) {
    if (req.method === 'GET') return json(res, { views: this.views });
    if (req.method === 'DELETE') {
      this.views = this.views.filter((view) => view.id !== id);
      return res.writeHead(204).end();
    }
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      const view = {
        ...JSON.parse(body),
        id: String(this.views.length + 1),
        updatedAt: new Date().toISOString(),
      };
      this.views.push(view);
      json(res, view, 201);
    });
  }

  #demo(res) {
    const scene = competitorSearch(9_000, BigInt(Date.now()) * 1_000_000n);
    this.put(scene);
    return json(res, { executions: 1, mistakeId: scene.execution.id });
  }

  #scene(ref) {
    return [...this.scenes.values()].find((s) => s.execution.id === ref || s.execution.executionId === ref);
  }

  #items(scene, [, , what, key], query, res) {
    const { items } = scene;
    if (!items) return json(res, what === 'funnel' ? { stations: [] } : { items: [], total: 0 });
    if (what === 'funnel') return json(res, items.funnel());
    if (what === 'why-not') return json(res, items.whyNot(query.get('q')));
    if (key === undefined) return json(res, items.list());
    const wanted = decodeURIComponent(key);
    const passport = items.passport(wanted);
    if (!passport) return problem(res, 404, 'not_found', `no item ${wanted} in this execution`);
    const others = [...this.scenes.values()].filter(
      (s) => s !== scene && s.items && s.execution.name === scene.execution.name,
    );
    const elsewhere = others
      .map((s) => ({ execution: summary(s.execution), passport: s.items.passport(wanted) }))
      .filter((e) => e.passport);
    return json(res, {
      ...passport,
      elsewhere,
      lookedAt: others.length,
      leftOut: { steps: 0, bytes: '0', items: 0 },
    });
  }

  #compare(query, res) {
    const [a, b] = [this.#scene(query.get('a')), this.#scene(query.get('b'))];
    if (!a || !b) return problem(res, 404, 'not_found', 'one of them is no execution in this project');
    return json(res, { ...compare(a, b), a: summary(a.execution), b: summary(b.execution) });
  }

  #list(query, res) {
    const limit = Number(query.get('limit') ?? 50);
    const all = this.#fitting(query);
    const from = Number(query.get('cursor') ?? 0);
    const page = all.slice(from, from + limit);
    // A search through payloads stops half-way, once.
    if (query.get('q')?.startsWith('text:') && from === 0) {
      return json(res, { executions: [], next: '1', searchedTo: all.at(-1)?.startedAt });
    }
    return json(res, {
      executions: page,
      next: from + limit < all.length ? String(from + limit) : undefined,
    });
  }

  #fitting(query) {
    const isFitting = (e) =>
      fits(e, query.get('q')) &&
      (!query.get('since') || e.startedAt >= query.get('since')) &&
      (!query.get('until') || e.startedAt < query.get('until'));
    return [...this.scenes.values()]
      .map((s) => summary(s.execution))
      .filter(isFitting)
      .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  }

  #file(path, res) {
    const name = extname(path) ? normalize(path).replace(/^(\.\.[/\\])+/, '') : 'index.html';
    try {
      const file = readFileSync(join(DIST, name));
      // The page names its files beside itself; served at any depth, it must name them from the top.
      const body = name === 'index.html' ? file.toString().replaceAll('"./', '"/') : file;
      res.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream' });
      res.end(body);
    } catch {
      res.writeHead(404);
      res.end();
    }
  }
}

function summary(execution) {
  const {
    metadata: _m,
    facts: _f,
    reasoning: _r,
    finalOutcome: _o,
    receipt: _c,
    job: _j,
    ...rest
  } = execution;
  return rest;
}

/** An answer as it comes about: from facts, then a claim of the model, then the whole. */
function answer(scene, res) {
  const { id, reasoning } = scene.execution;
  const whole = { question: '', executionId: id, facts: [], reasoning };
  const parts = [
    [
      'facts',
      { ...whole, reasoning: { ...reasoning, source: 'facts', claims: [], headline: 'From facts.' } },
    ],
    ['claim', reasoning.claims[0]],
    ['done', whole],
  ];
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const [event, data] of parts) res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  res.end();
}

/** Large input and output as outlines, as the server does it. */
function outlined(detail, most) {
  const large = [];
  for (const which of ['input', 'output']) {
    const text = JSON.stringify(detail[which]) ?? '';
    if (!most || text.length <= most) continue;
    const kind = Array.isArray(detail[which]) ? 'array' : 'object';
    large.push({
      pointer: `/${which}`,
      bytes: String(text.length),
      kind,
      size: Object.keys(detail[which]).length,
      fields: [],
      head: text.slice(0, 200),
      tail: text.slice(-100),
    });
    detail = { ...detail, [which]: undefined };
  }
  return large.length > 0 ? { ...detail, large } : detail;
}

function json(res, body, status = 200) {
  res.writeHead(status, { 'Content-Type': 'application/json' });
  res.end(JSON.stringify(body));
}

function problem(res, status, code, detail, more) {
  res.writeHead(status, { 'Content-Type': 'application/problem+json' });
  res.end(JSON.stringify({ type: 'about:blank', title: code, status, code, detail, ...more }));
}
