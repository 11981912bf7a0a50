import { Trash2 } from 'lucide-react';
import type { Score } from '@/api/types';
import { IconButton } from '@/components/Button';
import { timestamp } from '@/lib/format';

/** Scores of programs and people, without thumbs, which stand at what they are about. */
export function Scores({
  scores,
  stepName,
  mayDelete,
  onDelete,
}: {
  scores: readonly Score[];
  stepName: (stepId: string) => string;
  mayDelete: boolean;
  onDelete: (id: string) => void;
}) {
  return (
    <ul className="flex flex-col divide-y divide-line rounded-md border border-line">
      {scores.map((score) => (
        <li key={score.id} className="px-2.5 py-1.5 text-sm" title={timestamp(score.at)}>
          <div className="flex items-center gap-2">
            <bdi className="min-w-0 truncate font-medium">{score.name}</bdi>
            <span className="num ml-auto shrink-0">{valueWords(score)}</span>
            {mayDelete && score.mine && (
              <IconButton
                name={`Delete the score ${score.name}`}
                onClick={() => onDelete(score.id)}
                className="size-6"
              >
                <Trash2 size={12} aria-hidden />
              </IconButton>
            )}
          </div>
          <p className="truncate text-xs text-ink-3">
            {[score.stepId && `on ${stepName(score.stepId)}`, score.author, score.source]
              .filter(Boolean)
              .join(' · ')}
          </p>
          {score.comment && (
            <p dir="auto" className="text-xs [overflow-wrap:anywhere] text-ink-2">
              {score.comment}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A score's value as people read it. */
export function valueWords({ value }: Pick<Score, 'value'>): string {
  if (typeof value === 'number') return String(Math.round(value * 1000) / 1000);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
