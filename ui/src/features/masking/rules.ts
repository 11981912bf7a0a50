import type { MaskingPreset, MaskingRule, MaskingSettings } from '@/api/types';

/** A rule as it is edited: with what it looks for chosen, and a name to React. */
export interface RuleDraft {
  /** Tells drafts apart while they move; never sent. */
  key: string;
  find: MaskingPreset | 'pattern' | 'fields';
  name: string;
  pattern: string;
  /** One a line. */
  fields: string;
  action: MaskingRule['action'];
}

export interface MaskingDraft {
  rules: RuleDraft[];
  presets: MaskingPreset[];
  structureOnly: boolean;
}

export const PRESETS: ReadonlyArray<{ value: MaskingPreset; label: string; hint: string }> = [
  { value: 'email', label: 'E-mail addresses', hint: 'ann@example.com' },
  { value: 'credentials', label: 'Keys and passwords', hint: 'tokens, private keys, fields called password' },
  { value: 'card', label: 'Payment cards', hint: 'by network, length and check digit' },
  { value: 'phone', label: 'Phone numbers', hint: '+49 30 901820, (212) 555-0142' },
  { value: 'iban', label: 'Bank accounts (IBAN)', hint: 'by country, length and check digits' },
];

export const FINDS: ReadonlyArray<{ value: RuleDraft['find']; label: string }> = [
  ...PRESETS.map(({ value, label }) => ({ value, label })),
  { value: 'pattern', label: 'A pattern of your own' },
  { value: 'fields', label: 'Whole fields' },
];

export const ACTIONS: ReadonlyArray<{ value: RuleDraft['action']; label: string }> = [
  { value: 'replace', label: 'Replace by its name' },
  { value: 'hash', label: 'Hash: equal stays equal' },
  { value: 'remove', label: 'Remove' },
];

/** As the server bounds it. */
export const MOST_RULES = 32;

let made = 0;
const newKey = (): string => `new-${++made}`;

export function toDraft({ rules, model }: MaskingSettings): MaskingDraft {
  return {
    rules: rules.map((rule, i) => ({
      key: `stored-${i}`,
      find: rule.preset ?? (rule.pattern ? 'pattern' : 'fields'),
      name: rule.name ?? '',
      pattern: rule.pattern ?? '',
      fields: (rule.fields ?? []).join('\n'),
      action: rule.action,
    })),
    presets: model.presets,
    structureOnly: model.structureOnly,
  };
}

export function toSettings({ rules, presets, structureOnly }: MaskingDraft): MaskingSettings {
  return { rules: rules.map(toRule), model: { presets, structureOnly } };
}

function toRule({ find, name, pattern, fields, action }: RuleDraft): MaskingRule {
  const places = fields
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return {
    ...(name.trim() && { name: name.trim() }),
    ...(find !== 'pattern' && find !== 'fields' && { preset: find }),
    ...(find === 'pattern' && { pattern }),
    ...(places.length > 0 && { fields: places }),
    action,
  };
}

/** A rule to begin with: the first preset that no rule uses yet, then a pattern. */
export function nextRule(rules: readonly RuleDraft[]): RuleDraft {
  const free = PRESETS.find((preset) => !rules.some((rule) => rule.find === preset.value));
  const find = free?.value ?? 'pattern';
  return {
    key: newKey(),
    find,
    name: free ? '' : freeName(rules),
    pattern: '',
    fields: '',
    action: 'replace',
  };
}

/** A name that no rule has: names stand in the markers. */
export function freeName(rules: readonly RuleDraft[]): string {
  for (let n = rules.length + 1; ; n++)
    if (!rules.some((rule) => rule.name === `rule-${n}`)) return `rule-${n}`;
}

/** With the rule at one place moved to another. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const out = [...list];
  const [one] = out.splice(from, 1);
  if (one !== undefined) out.splice(Math.max(0, Math.min(to, out.length)), 0, one);
  return out;
}

/** A text cut at the markers that masking left, `[masked:NAME]`. */
export function atMarkers(text: string): Array<{ text: string; masked: boolean }> {
  const parts = text.split(/(\[masked:[^\]\s]{1,80}\])/);
  return parts.map((part, i) => ({ text: part, masked: i % 2 === 1 })).filter((part) => part.text !== '');
}

export const SAMPLE = JSON.stringify(
  {
    user: { name: 'Ann Smith', email: 'ann.smith@example.com', phone: '+49 30 901820' },
    message: 'Please charge 4111 1111 1111 1111 and write to ann.smith@example.com',
    headers: { authorization: 'Bearer sk-test-51Hx9d8JKl2mN0pQrStUvWxYz' },
    order: 'A-1042',
  },
  null,
  2,
);
