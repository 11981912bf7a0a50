import { JsonTree } from '@/components/JsonTree';
import type { Lit } from '@/components/Payload';
import { TextBlock } from '@/components/TextBlock';
import { cx } from '@/lib/cx';
import type { Document } from './forms';

const AT_MOST = 200;

/** Retrieved documents in their order, with their scores to the same scale. */
export function Documents({
  documents,
  base,
  lit,
}: {
  documents: Document[];
  base: string;
  lit: Lit | undefined;
}) {
  const scores = documents.map((d) => d.score).filter((s) => s !== undefined);
  const top = Math.max(...scores, 0);
  return (
    <>
      <ol className="flex flex-col gap-2">
        {documents.slice(0, AT_MOST).map((doc, i) => {
          const isLit = lit?.path[0] === String(i);
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: ids of documents may repeat
              key={i}
              className={cx(
                'rounded-lg border bg-surface px-3 py-2',
                isLit ? 'border-lit-line' : 'border-line',
              )}
            >
              <div className="flex items-center gap-2 text-xs">
                <span className="num text-ink-3">{i + 1}</span>
                <bdi className="min-w-0 truncate font-mono font-medium">{doc.id ?? 'document'}</bdi>
                {doc.score !== undefined && (
                  <Score score={doc.score} top={top} isLit={isLit && lit?.path[1] === 'score'} />
                )}
              </div>
              {doc.content !== undefined && (
                <TextBlock
                  text={doc.content}
                  find={isLit ? lit?.quote : undefined}
                  className="mt-1 text-sm text-ink-2"
                />
              )}
              {doc.metadata !== undefined && (
                <div className="mt-1">
                  <JsonTree
                    value={doc.metadata}
                    base={`${base}/${i}/metadata`}
                    lit={isLit && lit?.path[1] === 'metadata' ? lit.path.slice(2) : undefined}
                  />
                </div>
              )}
            </li>
          );
        })}
      </ol>
      {documents.length > AT_MOST && (
        <p className="mt-2 text-sm text-ink-3">
          {documents.length - AT_MOST} more documents; the tree has them all.
        </p>
      )}
    </>
  );
}

function Score({ score, top, isLit }: { score: number; top: number; isLit: boolean }) {
  return (
    <span className="ml-auto flex shrink-0 items-center gap-2">
      <span className="h-1 w-16 overflow-hidden rounded-full bg-line" aria-hidden>
        <span
          className="block h-full bg-accent-fill"
          style={{ width: `${top > 0 ? Math.max(0, Math.min(1, score / top)) * 100 : 0}%` }}
        />
      </span>
      <span className={cx('num', isLit && 'lit animate-found px-1')}>
        <span className="sr-only">score </span>
        {score}
      </span>
    </span>
  );
}
