import type { Filters } from '@/api/list';
import { quoted } from '@/lib/query';
import { isRange, type TimeChoice } from '@/lib/time';

/** What the URL may hold; anything else in it is dropped, never trusted. */

export interface ListSearch extends Filters {
  peek?: string;
  /** Columns that are not the usual ones: names, each escaped, with commas between them. */
  cols?: string;
}

const TABS = ['input', 'output', 'changes'] as const;
const SIDES = ['attributes', 'events', 'details', 'notes', 'ask', 'about'] as const;
const VIEWS = ['funnel', 'tree', 'waterfall'] as const;
const PANES = ['why', 'steps', 'step', 'context'] as const;

export type View = (typeof VIEWS)[number];
export type Pane = (typeof PANES)[number];

export interface ExecutionSearch {
  step?: string;
  tab?: (typeof TABS)[number];
  /** Tab of the context pane. */
  side?: (typeof SIDES)[number];
  /** Pointer of the value to light, and the text quoted from there. */
  at?: string;
  quote?: string;
  /** How the left pane shows the steps; absent, the funnel where there are items, else the tree. */
  view?: View;
  /** The pane in sight where there is room for one only. */
  pane?: Pane;
  /** What someone misses in the result. */
  why?: string;
  /** Computed facts only, no model's prose. */
  only?: 'facts';
}

export interface CompareSearch {
  a?: string;
  b?: string;
  /** Place of the pair whose differences are shown. */
  pair?: number;
}

export interface ContrastSearch extends TimeChoice {
  /** The selected executions, with commas between them; or a query finds them. */
  ids?: string;
  q?: string;
  /** Query of the executions to tell them from; absent, the newest others of the same name. */
  vs?: string;
}

export interface PipelinesSearch extends TimeChoice {
  /** What the list is sorted by; absent, by how often they ran. */
  sort?: string;
}

export interface PipelineSearch extends TimeChoice {
  /** The step whose times are shown; absent, those of the executions. */
  step?: string;
  /** Laid over each other: this range and the one before it. */
  vs?: 'before';
}

export interface SettingsSearch {
  /** Which one of a section's list is open. */
  open?: string;
}

type Raw = Record<string, unknown>;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 4_000) : undefined;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((each) => each === value);
}

function moment(value: unknown): string | undefined {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

/** Both fixed ends, or a relative range, or neither. */
export function timeChoice(raw: Raw): TimeChoice {
  const [since, until] = [moment(raw.since), moment(raw.until)];
  if (since && until && since < until) return { since, until };
  return isRange(raw.range) ? { range: raw.range } : {};
}

export function listSearch(raw: Raw): ListSearch {
  return compact({
    q: text(raw.q) ?? oldFilters(raw),
    ...timeChoice(raw),
    peek: text(raw.peek),
    cols: typeof raw.cols === 'string' ? raw.cols.slice(0, 2_000) : undefined,
  });
}

/** Links from before there was a query named one filter each. */
function oldFilters(raw: Raw): string | undefined {
  const fields = { status: 'status', name: 'name', service: 'service', sessionId: 'session', userId: 'user' };
  const conditions = Object.entries(fields).flatMap(([old, field]) => {
    const value = text(raw[old]);
    return value ? [`${field}:${quoted(value)}`] : [];
  });
  return conditions.length > 0 ? conditions.join(' ') : undefined;
}

export function parseCols(cols: string | undefined): string[] | undefined {
  if (cols === undefined) return undefined;
  return cols.split(',').flatMap((name) => {
    try {
      return name ? [decodeURIComponent(name)] : [];
    } catch {
      return []; // somebody's hand was in the URL
    }
  });
}

export function printCols(names: readonly string[] | undefined): string | undefined {
  return names?.map((name) => encodeURIComponent(name)).join(',');
}

export function executionSearch(raw: Raw): ExecutionSearch {
  return compact({
    step: text(raw.step),
    tab: oneOf(raw.tab, TABS),
    side: oneOf(raw.side, SIDES),
    at: text(raw.at),
    quote: text(raw.quote),
    view: oneOf(raw.view, VIEWS),
    pane: oneOf(raw.pane, PANES),
    why: text(raw.why),
    only: oneOf(raw.only, ['facts']),
  });
}

export function compareSearch(raw: Raw): CompareSearch {
  const pair = /^\d{1,6}$/.test(String(raw.pair)) ? Number(raw.pair) : undefined;
  return compact({ a: text(raw.a), b: text(raw.b), pair });
}

export function contrastSearch(raw: Raw): ContrastSearch {
  return compact({ ids: text(raw.ids), q: text(raw.q), vs: text(raw.vs), ...timeChoice(raw) });
}

export function pipelinesSearch(raw: Raw): PipelinesSearch {
  return compact({ ...timeChoice(raw), sort: text(raw.sort) });
}

export function pipelineSearch(raw: Raw): PipelineSearch {
  return compact({ ...timeChoice(raw), step: text(raw.step), vs: oneOf(raw.vs, ['before']) });
}

export function settingsSearch(raw: Raw): SettingsSearch {
  return compact({ open: text(raw.open) });
}

/** Without the keys that hold nothing, so that equal states have equal URLs. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

/** Plain `?name=a+b`: people read, write and share these. */
export function stringify(search: Raw): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) if (value !== undefined) params.set(key, String(value));
  const out = params.toString();
  return out ? `?${out}` : '';
}

export function parse(search: string): Raw {
  return Object.fromEntries(new URLSearchParams(search));
}
