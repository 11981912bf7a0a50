import type { CountedValue, QueryField, Vocabulary } from '@/api/types';
import { grouped } from '@/lib/format';
import { quoted } from '@/lib/query';
import type { Place, Typing } from './terms';

/** Something that could be typed next. */
export interface Completion extends Place {
  group: 'Recent' | 'Examples' | 'Fields' | 'Values' | 'How';
  label: string;
  note: string;
  /** What comes in place of the text from start to end. */
  insert: string;
  /** The condition is whole with it; otherwise there is more to type. */
  whole: boolean;
}

/** The field, or the keys of a keyed one, whose observed values help with what is typed. */
export function wanted(vocabulary: Vocabulary | undefined, typing: Typing) {
  if (!vocabulary) return undefined;
  if (typing.field === undefined || typing.field === 'has') {
    const key = keyOf(vocabulary, typing.prefix);
    return key && { field: key.field.name, prefix: key.key };
  }
  const field = find(vocabulary, typing.field);
  // Neither > nor a range is the beginning of a value that somebody sent.
  const compared = /^[<>=!]|\.\./.test(typing.prefix);
  if (!field?.observed || compared || typing.prefix.endsWith('*')) return undefined;
  return { field: field.keyed ? typing.field : field.name, prefix: typing.prefix };
}

export function completions(
  vocabulary: Vocabulary | undefined,
  text: string,
  typing: Typing,
  values: readonly CountedValue[],
  recent: readonly string[],
): Completion[] {
  if (!vocabulary) return [];
  if (text.trim() === '') return [...beginnings(vocabulary, text, recent), ...named(vocabulary, typing)];
  if (typing.field === undefined || typing.field === 'has') {
    const key = keyOf(vocabulary, typing.prefix);
    return key ? keys(key.field, typing, values) : named(vocabulary, typing);
  }
  const field = find(vocabulary, typing.field);
  return field ? [...valued(field, typing, values), ...hints(field, typing)] : [];
}

function beginnings({ examples }: Vocabulary, text: string, recent: readonly string[]): Completion[] {
  const all = { start: 0, end: text.length, whole: true };
  return [
    ...recent.slice(0, 6).map((q) => ({ ...all, group: 'Recent' as const, label: q, note: '', insert: q })),
    ...examples.map(({ query, doc }) => ({
      ...all,
      group: 'Examples' as const,
      label: query,
      note: doc,
      insert: query,
    })),
  ];
}

/** Fields by how well what is typed fits them: their name's beginning, an alias', any part. */
function named({ fields }: Vocabulary, { field: after, prefix, start, end }: Typing): Completion[] {
  const typed = prefix.toLowerCase();
  const rank = (f: QueryField): number =>
    f.name.startsWith(typed)
      ? 0
      : f.aliases.some((alias) => alias.startsWith(typed))
        ? 1
        : f.name.includes(typed)
          ? 2
          : 3;
  return fields
    .filter((f) => rank(f) < 3 && (after !== 'has' || f.operators.includes('has')))
    .toSorted((a, b) => rank(a) - rank(b))
    .map((f) => {
      const whole = after === 'has' && !f.keyed;
      const insert = f.keyed ? `${f.name}.` : whole ? f.name : `${f.name}:`;
      return { group: 'Fields', label: insert, note: f.doc, insert, start, end, whole };
    });
}

function keys(field: QueryField, { field: after, start, end }: Typing, values: readonly CountedValue[]) {
  return values.map(({ value, count }): Completion => {
    const name = `${field.name}.${quoted(value)}`;
    const insert = after === 'has' ? name : `${name}:`;
    return {
      group: 'Fields',
      label: insert,
      note: counted(count),
      insert,
      start,
      end,
      whole: after === 'has',
    };
  });
}

function valued(field: QueryField, { prefix, start, end }: Typing, values: readonly CountedValue[]) {
  const typed = prefix.toLowerCase();
  const known = field.values.length > 0 ? field.values.map((value) => ({ value, count: 0 })) : values;
  return known
    .filter(({ value }) => value.toLowerCase().startsWith(typed))
    .map(({ value, count }): Completion => {
      return {
        group: 'Values',
        label: value,
        note: counted(count),
        insert: quoted(value),
        start,
        end,
        whole: true,
      };
    });
}

/** How a field that has no values to offer is asked for. */
function hints(field: QueryField, { field: typed, prefix, start, end }: Typing): Completion[] {
  if (prefix !== '' || field.observed || field.values.length > 0) return [];
  return field.examples.flatMap((example) => {
    const insert = example.startsWith(`${field.name}:`) ? example.slice(field.name.length + 1) : undefined;
    if (insert === undefined || insert.includes(' ')) return [];
    const label = `${typed}:${insert}`;
    return { group: 'How' as const, label, note: field.unit, insert, start, end, whole: true };
  });
}

const counted = (n: number): string => (n > 0 ? grouped(n) : '');

export function find({ fields }: Vocabulary, typed: string): QueryField | undefined {
  const name = typed.toLowerCase();
  return fields.find(
    (f) => f.name === name || f.aliases.includes(name) || (f.keyed && name.startsWith(`${f.name}.`)),
  );
}

function keyOf({ fields }: Vocabulary, typed: string): { field: QueryField; key: string } | undefined {
  const field = fields.find((f) => f.keyed && typed.toLowerCase().startsWith(`${f.name}.`));
  return field && { field, key: typed.slice(field.name.length + 1).replace(/^"/, '') };
}
