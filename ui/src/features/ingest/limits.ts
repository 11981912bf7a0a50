import type { LimitSettings, Limits } from '@/api/types';
import { fieldText, typedNumber } from '@/lib/numbers';

/** Limits as they are edited: what was typed, with sizes in megabytes. */
export type LimitsDraft = Record<keyof Limits, string>;

export interface SettingsDraft {
  project: LimitsDraft;
  keys: Array<{ keyId: string; limits: LimitsDraft }>;
}

const MB = 1_000_000;

export const LIMITS: ReadonlyArray<{
  name: keyof Limits;
  label: string;
  unit: string;
  scale: number;
  hint?: string;
}> = [
  { name: 'requestsPerSecond', label: 'Requests', unit: 'a second', scale: 1 },
  { name: 'bytesPerSecond', label: 'Data', unit: 'MB a second', scale: MB },
  { name: 'bytesPerDay', label: 'Stored', unit: 'MB a day', scale: MB, hint: 'A day of UTC.' },
  { name: 'maxRequestBytes', label: 'One request', unit: 'MB', scale: MB, hint: 'Unpacked.' },
  {
    name: 'burstSeconds',
    label: 'At once',
    unit: 'seconds’ worth',
    scale: 1,
    hint: 'After a pause. Empty: 5.',
  },
];

export const NO_LIMITS: LimitsDraft = {
  requestsPerSecond: '',
  bytesPerSecond: '',
  bytesPerDay: '',
  maxRequestBytes: '',
  burstSeconds: '',
};

function draftOf(limits: Limits): LimitsDraft {
  const draft = { ...NO_LIMITS };
  for (const { name, scale } of LIMITS) draft[name] = fieldText((limits[name] ?? 0) / scale || undefined);
  return draft;
}

export function toDraft({ project, keys }: LimitSettings): SettingsDraft {
  return {
    project: draftOf(project),
    keys: keys.map(({ keyId, limits }) => ({ keyId, limits: draftOf(limits) })),
  };
}

/** The limits, or the one that holds no number. */
function limitsOf(draft: LimitsDraft): Limits | { wrong: string } {
  const limits: Limits = {};
  for (const { name, scale } of LIMITS) {
    const typed = typedNumber(draft[name]);
    if (Number.isNaN(typed)) return { wrong: `/${name}` };
    if (typed !== undefined) limits[name] = scale === 1 ? typed : Math.round(typed * scale);
  }
  return limits;
}

/** What to send, or the field that holds no number. */
export function toSettings({ project, keys }: SettingsDraft): LimitSettings | { wrong: string } {
  const all = limitsOf(project);
  if ('wrong' in all) return { wrong: `/project${all.wrong}` };
  const out: LimitSettings = { project: all, keys: [] };
  for (const [i, key] of keys.entries()) {
    const limits = limitsOf(key.limits);
    if ('wrong' in limits) return { wrong: `/keys/${i}/limits${limits.wrong}` };
    out.keys.push({ keyId: key.keyId, limits });
  }
  return out;
}
