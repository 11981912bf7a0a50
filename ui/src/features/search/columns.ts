/** What a row may show besides how it ended, its name and its outcome. */
export const COLUMNS = {
  funnel: { label: 'Funnel', width: 152 },
  took: { label: 'Took', width: 116, right: true },
  steps: { label: 'Steps', width: 56, right: true },
  tokens: { label: 'Tokens', width: 92, right: true },
  cost: { label: 'Cost', width: 92, right: true },
  model: { label: 'Model', width: 120 },
  service: { label: 'Service', width: 120 },
  session: { label: 'Session', width: 110 },
  user: { label: 'User', width: 120 },
  environment: { label: 'Environment', width: 100 },
  release: { label: 'Release', width: 84 },
  feedback: { label: 'Feedback', width: 84 },
  scores: { label: 'Scores', width: 150 },
  started: { label: 'Started', width: 76, right: true },
} as const satisfies Record<string, { label: string; width: number; right?: boolean }>;

export type Column = keyof typeof COLUMNS;

export const ALL_COLUMNS = Object.keys(COLUMNS) as Column[];
export const DEFAULT_COLUMNS: readonly Column[] = ['funnel', 'took', 'cost', 'model', 'started'];

const isColumn = (name: string): name is Column => Object.hasOwn(COLUMNS, name);

/** A pinned value: `STEP#/pointer` into the {"input","output"} of the first step of a name. */
export interface Pin {
  step: string;
  pointer: string;
}

export interface Shown {
  columns: readonly Column[];
  pins: readonly Pin[];
}

const PIN_WIDTH = 150;
/** More would ask for more payloads than a list should. */
export const MOST_PINS = 3;

/** Reads what the URL and saved views hold: names, and pins with a hash in them. */
export function parseColumns(list: readonly string[] | undefined): Shown {
  if (!list) return { columns: DEFAULT_COLUMNS, pins: [] };
  const pins = list.flatMap((name) => {
    const [step, pointer] = cut(name);
    return step && pointer !== undefined && /^\/(in|out)put(\/|$)/.test(pointer) ? [{ step, pointer }] : [];
  });
  return {
    columns: ALL_COLUMNS.filter((column) => list.some((name) => isColumn(name) && name === column)),
    pins: pins.slice(0, MOST_PINS),
  };
}

function cut(name: string): [string, string | undefined] {
  const at = name.lastIndexOf('#');
  return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
}

export const pinName = ({ step, pointer }: Pin): string => `${step}#${pointer}`;

/** The opposite; undefined for what is shown without asking. */
export function printColumns({ columns, pins }: Shown): string[] | undefined {
  const list = [...ALL_COLUMNS.filter((c) => columns.includes(c)), ...pins.map(pinName)];
  const plain = pins.length === 0 && list.join() === DEFAULT_COLUMNS.join();
  return plain ? undefined : list;
}

const STATUS = 72;
const GAP = 20;
const LEAST_NAME = 260;
/** Narrower than this a row is a card. */
export const CARD_BELOW = 560;

// Who goes first when there is not enough room.
const EXPENDABLE: readonly Column[] = [
  'scores',
  'release',
  'environment',
  'session',
  'user',
  'service',
  'model',
  'steps',
  'feedback',
  'tokens',
  'cost',
  'funnel',
  'started',
];

/** The columns for which there is room beside the name, and the grid's template. */
export function fitColumns(shown: Shown, width: number): Shown & { template: string } {
  let columns = [...shown.columns];
  let pins = [...shown.pins];
  const needed = (): number =>
    STATUS +
    LEAST_NAME +
    GAP +
    columns.reduce((sum, c) => sum + COLUMNS[c].width + GAP, 0) +
    pins.length * (PIN_WIDTH + GAP);
  for (const column of EXPENDABLE) if (needed() > width) columns = columns.filter((c) => c !== column);
  while (pins.length > 0 && needed() > width) pins = pins.slice(0, -1);
  const widths = [
    ...columns.filter((c) => c !== 'started').map((c) => COLUMNS[c].width),
    ...pins.map(() => PIN_WIDTH),
  ];
  if (columns.includes('started')) widths.push(COLUMNS.started.width);
  return { columns, pins, template: [`${STATUS}px minmax(0,1fr)`, ...widths.map((w) => `${w}px`)].join(' ') };
}
