import type { Act } from '@/api/types';

const WORDS: Record<string, string> = {
  'key.create': 'made a key',
  'key.revoke': 'revoked a key',
  'key.rotate': 'rotated a key',
  'masking.set': 'changed the masking',
  'reasoning.set': 'changed the explanations',
  'retention.set': 'changed the retention',
  'price.set': 'set a price',
  'price.remove': 'forgot a price',
  'prices.update': 'brought a table of prices',
  'prices.reset': 'took a table of prices away',
  'pipeline.ignore': 'changed what comparisons ignore',
  'view.create': 'saved a view',
  'view.replace': 'changed a view',
  'view.delete': 'deleted a view',
  'project.create': 'made a project',
  'project.rename': 'renamed a project',
  'limits.set': 'changed the limits',
  'member.invite': 'invited somebody',
  'member.set': 'changed a member',
  'member.remove': 'removed a member',
  'organisation.rename': 'renamed the organisation',
  'webhook.create': 'made a webhook',
  'webhook.change': 'changed a webhook',
  'webhook.rotate': 'rotated the secret of a webhook',
  'webhook.delete': 'deleted a webhook',
  'alert.create': 'made an alert',
  'alert.change': 'changed an alert',
  'alert.mute': 'muted an alert',
  'alert.delete': 'deleted an alert',
  'account.password': 'changed a password',
};

/** What was done; a verb that has no words here stands for itself. */
export function verbWords(verb: string): string {
  return WORDS[verb] ?? verb.replace('.', ': ').replaceAll('_', ' ');
}

/** Who did it. */
export function actorWords({ kind, name, id }: Act['actor']): string {
  switch (kind) {
    case 'user':
      return name || `user ${id}`;
    case 'key':
      return `key ${name || id}`;
    case 'master':
      return 'the master key';
    case 'local':
      return 'somebody on this machine';
    case 'cli':
      return name ? `${name}, by command` : 'a command';
    case 'server':
      return 'X-Ray itself';
  }
}

export interface Change {
  name: string;
  from: string;
  to: string;
}

/** What a detail says: pairs of before and after, or what else stands in it. */
export function changes(detail: unknown): Change[] {
  if (typeof detail !== 'object' || detail === null) return [];
  return Object.entries(detail).map(([name, value]) => {
    if (typeof value === 'object' && value !== null && ('from' in value || 'to' in value)) {
      const pair = value as { from?: unknown; to?: unknown };
      return { name, from: text(pair.from), to: text(pair.to) };
    }
    return { name, from: '', to: text(value) };
  });
}

function text(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value || '(empty)' : JSON.stringify(value);
}

/** What the log can be narrowed to: kinds of verbs, as the API takes them. */
export const KINDS: ReadonlyArray<{ value: string; label: string }> = [
  { value: '', label: 'Everything' },
  { value: 'key', label: 'Keys' },
  { value: 'member', label: 'Members' },
  { value: 'masking', label: 'Masking' },
  { value: 'reasoning', label: 'Explanations' },
  { value: 'retention', label: 'Retention' },
  { value: 'price', label: 'Prices' },
  { value: 'limits', label: 'Limits' },
  { value: 'webhook', label: 'Webhooks' },
  { value: 'alert', label: 'Alerts' },
  { value: 'view', label: 'Views' },
  { value: 'pipeline', label: 'Pipelines' },
];
