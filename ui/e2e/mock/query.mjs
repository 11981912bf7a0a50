// As much of the query language as tests of screens need: `field:value` and
// its denial, of a few fields. The language itself is tested where it is at home.
const OF = {
  status: (e) => [e.status],
  name: (e) => [e.name],
  service: (e) => [e.service],
  model: (e) => e.models,
  tag: (e) => e.tags,
  session: (e) => [e.sessionId],
  user: (e) => [e.userId],
};
const FACETS = ['status', 'name', 'service', 'model', 'tag'];
const TERM = /(-?)([\w.]+):(?:"([^"]*)"|(\S+))/g;

export function terms(q) {
  return [...(q ?? '').matchAll(TERM)].map(([text, not, field, quoted, bare]) => {
    return { text, not: not === '-', field, value: quoted ?? bare };
  });
}

/** What is wrong with a query: here only the field that tests misspell. */
export function faults(q) {
  const at = (q ?? '').indexOf('duratoin');
  if (at < 0) return [];
  return [
    {
      start: at,
      end: at + 8,
      message: 'there is no field "duratoin": did you mean duration?',
      suggestions: ['duration'],
    },
  ];
}

export function fits(e, q) {
  return terms(q).every(({ not, field, value }) => !OF[field] || OF[field](e).includes(value) !== not);
}

const quoted = (value) => (/^[\w.\-/@]+$/.test(value) ? value : `"${value}"`);

export function counted(executions, field) {
  const counts = new Map();
  for (const value of executions.flatMap(OF[field] ?? (() => []))) {
    if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
}

export function facets(executions, q) {
  const without = (term) =>
    terms(q)
      .filter((t) => t !== term)
      .map((t) => t.text);
  return {
    query: q ?? '',
    counted: executions.length,
    facets: FACETS.map((field) => ({
      field,
      more: false,
      values: counted(executions, field).map(({ value, count }) => {
        const said = terms(q).find((t) => t.field === field && t.value === value);
        const condition = `${field}:${quoted(value)}`;
        const all = terms(q).map((t) => t.text);
        return {
          value,
          count,
          choice: said ? (said.not ? 'excluded' : 'chosen') : 'open',
          toggled: (said ? without(said) : [...all, condition]).join(' '),
          excluded: [...all, `-${condition}`].join(' '),
        };
      }),
    })),
  };
}

const field = (name, more) => ({
  name,
  aliases: [],
  type: 'string',
  ofStep: false,
  keyed: false,
  operators: ['is', 'prefix', 'has'],
  unit: '',
  values: [],
  observed: true,
  facet: true,
  doc: `The ${name} of the execution.`,
  examples: [`${name}:x`],
  ...more,
});

export const vocabulary = {
  fields: [
    field('status', { type: 'choice', values: ['running', 'ok', 'error'], observed: false }),
    field('name', { aliases: ['pipeline'] }),
    field('service'),
    field('model'),
    field('tag'),
    field('duration', {
      type: 'duration',
      operators: ['compare', 'range'],
      observed: false,
      examples: ['duration:>2s'],
    }),
    field('meta', { type: 'any', keyed: true }),
  ],
  examples: [{ query: 'status:error', doc: 'What failed.' }],
};
