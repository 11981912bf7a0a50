// What the server computes about items, for the scenes of scenes.mjs.

const LEFT_OUT = { steps: 0, bytes: '0', items: 0 };

/**
 * Answers about the items of one scene.
 * @param {Array<{stepId: string, name: string, out: Array<{key: string, label: string}>, criterion?: string, inferred?: boolean}>} path
 */
export function itemsOf(path) {
  const passport = (key) => {
    const stops = [];
    let label = '';
    for (const [i, { stepId, name, out, criterion = '' }] of path.entries()) {
      const before = i === 0 ? [] : path[i - 1].out;
      const rankIn = before.findIndex((x) => x.key === key) + 1;
      const rankOut = out.findIndex((x) => x.key === key) + 1;
      if (!rankIn && !rankOut) continue;
      label ||= (out[rankOut - 1] ?? before[rankIn - 1]).label;
      stops.push({
        stepId,
        name,
        kind: rankIn ? (rankOut ? 'kept' : 'dropped') : 'entered',
        ...(rankIn ? { rankIn, in: before.length } : {}),
        ...(rankOut ? { rankOut, out: out.length } : {}),
        ...(rankIn && criterion ? { criterion } : {}),
        ...(rankIn && !rankOut && criterion ? { value: '3.1', margin: 0.7 } : {}),
        pointers: rankOut ? [`/output/${rankOut - 1}`] : ['/input'],
      });
    }
    if (stops.length === 0) return undefined;
    const left = stops.find((s) => s.kind === 'dropped');
    return {
      key,
      label,
      enteredAt: stops[0].stepId,
      leftAt: left?.stepId ?? '',
      stops,
      text: left
        ? `${label} entered at ${stops[0].name} and was dropped at ${left.name}.`
        : `${label} entered at ${stops[0].name} and came through.`,
    };
  };
  const keys = [...new Set(path.flatMap((p) => p.out.map((x) => x.key)))];
  const short = (key) => {
    const { stops: _s, text: _t, ...item } = passport(key);
    return item;
  };
  const stationOf = ({ stepId, name, out, criterion = '', inferred = false }, i) => {
    const before = new Set((path[i - 1]?.out ?? []).map((x) => x.key));
    const kept = out.filter((x) => before.has(x.key)).length;
    return {
      stepId,
      name,
      in: before.size,
      kept,
      dropped: before.size - kept,
      added: out.length - kept,
      out: out.length,
      criterion,
      inferred,
      explicit: false,
    };
  };
  const changes = (stepId, query) => {
    const i = path.findIndex((p) => p.stepId === stepId);
    const { out, criterion = '' } = path[i];
    const before = path[i - 1]?.out ?? [];
    const of = (list, x) => list.findIndex((y) => y.key === x.key) + 1;
    const all = [
      ...before.map((x) => ({
        ...x,
        kind: of(out, x) ? 'kept' : 'dropped',
        rankIn: of(before, x),
        ...(of(out, x) ? { rankOut: of(out, x) } : { criterion, value: '3.1', margin: 0.7 }),
        shift: 0,
        edits: [],
        pointers: ['/input'],
      })),
      ...out
        .filter((x) => !of(before, x))
        .map((x) => ({ ...x, kind: 'added', rankOut: of(out, x), shift: 0, edits: [], pointers: [] })),
    ];
    const kind = query.get('why') ? 'dropped' : query.get('kind');
    const text = (query.get('q') ?? '').toLowerCase();
    const items = all.filter(
      (x) => (!kind || x.kind === kind) && `${x.key} ${x.label}`.toLowerCase().includes(text),
    );
    const station = stationOf(path[i], i);
    return {
      station,
      reordered: 0,
      edited: 0,
      reasons: station.dropped > 0 ? [{ text: criterion, items: station.dropped }] : [],
      items: items.slice(0, 100),
      total: items.length,
      leftOut: LEFT_OUT,
    };
  };
  return {
    changes,
    funnel: () => ({ leftOut: LEFT_OUT, stations: path.map(stationOf) }),
    list: () => ({ items: keys.map(short), total: keys.length, leftOut: LEFT_OUT }),
    passport,
    whyNot: (q) => {
      const text = q.toLowerCase();
      const all = keys.map(short);
      const hit = all.find((x) => x.key.toLowerCase() === text || x.label.toLowerCase() === text);
      const base = { near: [], mentions: [], searches: [], leftOut: LEFT_OUT };
      if (hit) {
        const p = passport(hit.key);
        return { ...base, match: 'exact', passport: p, text: p.text };
      }
      const near = all
        .filter((x) => text.split(' ').some((word) => x.label.toLowerCase().includes(word)))
        .slice(0, 5)
        .map((x, i) => ({ ...x, similarity: 0.82 - i * 0.07 }));
      if (near.length > 0)
        return { ...base, match: 'near', near, text: `No item is called “${q}”; some come close.` };
      return {
        ...base,
        match: 'never',
        text: `Never retrieved: no step's output contains “${q}”.`,
        searches: ['steel water bottle 1 l', 'insulated bottle', 'nimbus'].map((search, i) => ({
          stepId: path[0].stepId,
          name: path[0].name,
          pointer: `/input/keywords/${i}`,
          text: search,
          found: 40,
        })),
      };
    },
  };
}

/** Two scenes, step by step: the first with another output is the origin, later ones inherit. */
export function compare(a, b) {
  const details = (scene, step) => scene.details.get(step.id)();
  let origin = -1;
  const steps = [];
  for (let i = 0; i < Math.max(a.steps.length, b.steps.length); i++) {
    const [x, y] = [a.steps[i], b.steps[i]];
    const pair = { a: x?.id ?? '', b: y?.id ?? '', name: (x ?? y).name, why: '', input: [], output: [] };
    Object.assign(pair, { onlyA: [], onlyB: [], moved: 0, shifts: [], durationNano: '0' });
    if (!x || !y) pair.relation = x ? 'only_a' : 'only_b';
    else {
      const [dx, dy] = [details(a, x), details(b, y)];
      pair.durationNano = String(Number(y.durationNano) - Number(x.durationNano));
      if (x.costUsd !== undefined && y.costUsd !== undefined) pair.costUsd = y.costUsd - x.costUsd;
      for (const side of ['input', 'output']) pair[side] = differences(`/${side}`, dx[side], dy[side]);
      const differs = pair.input.length + pair.output.length > 0;
      pair.relation = !differs ? 'same' : origin < 0 || pair.input.length === 0 ? 'origin' : 'inherited';
      if (pair.relation === 'origin') pair.why = 'The same input led to another output.';
      if (differs && Array.isArray(dx.output) && Array.isArray(dy.output)) {
        const names = (list) => list.map((p) => p.title ?? p.content ?? String(p));
        pair.onlyA = names(dx.output).filter((n) => !names(dy.output).includes(n));
        pair.onlyB = names(dy.output).filter((n) => !names(dx.output).includes(n));
      }
      if (differs && origin < 0) origin = i;
    }
    pair.onlyACount = pair.onlyA.length;
    pair.onlyBCount = pair.onlyB.length;
    steps.push(pair);
  }
  const verdict =
    origin < 0
      ? 'Both did the same.'
      : `First divergence: step ${origin + 1} ${steps[origin].name}: same input, different output.`;
  return {
    verdict,
    first: origin,
    steps,
    ignored: ['/input/requestId'],
    changesLeftOut: 0,
    leftOut: LEFT_OUT,
  };
}

function differences(pointer, a, b) {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  const both = [a, b].every((v) => typeof v === 'object' && v !== null);
  if (both) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap((key) => differences(`${pointer}/${key}`, a[key], b[key])).slice(0, 60);
  }
  const long = [a, b].every((v) => typeof v === 'string' && v.includes(' '));
  const words = long
    ? [
        { op: '-', text: a },
        { op: '+', text: b },
      ]
    : [];
  return [{ pointer, a, b, words }];
}
