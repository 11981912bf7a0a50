import { useState } from 'react';
import { Button } from '@/components/Button';
import { Notice } from '@/components/Notice';
import { Sheet } from '@/components/Sheet';
import { plural } from '@/lib/format';

/** What comparisons leave out: what was taken for noise, and what people said. */
export function Ignored({
  name,
  noise,
  saved,
  onSave,
  saveLabel = 'Save and compare again',
  error,
}: {
  /** Of the pipeline for which paths are kept. */
  name: string;
  /** Pointers whose differences were taken for noise. */
  noise: readonly string[];
  /** Kept paths; undefined while unknown. */
  saved: readonly string[] | undefined;
  onSave: (paths: string[]) => Promise<unknown>;
  saveLabel?: string;
  error: string | undefined;
}) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const count = noise.length + (saved?.length ?? 0);
  return (
    <>
      <button
        type="button"
        onClick={() => {
          setText((saved ?? []).join('\n'));
          setOpen(true);
        }}
        className="rounded text-ink-2 underline decoration-line-strong underline-offset-2 hover:text-ink"
      >
        {count > 0 ? `${plural(count, 'path')} ignored` : 'Ignore paths'}
      </button>
      <Sheet title="What comparisons leave out" open={open} onClose={() => setOpen(false)}>
        <form
          className="flex flex-col gap-3 text-sm"
          onSubmit={async (event) => {
            event.preventDefault();
            const paths = text.split('\n').map((line) => line.trim());
            await onSave([...new Set(paths.filter(Boolean))]).then(() => setOpen(false), ignore);
          }}
        >
          <label className="flex flex-col gap-1.5">
            <span>
              Kept for <bdi className="font-medium">{name}</bdi>, one path a line. Each begins with{' '}
              <code className="mono">/input</code> or <code className="mono">/output</code>, holds for every
              step, and <code className="mono">*</code> stands for any one part.
            </span>
            <textarea
              rows={6}
              value={text}
              onChange={(e) => setText(e.target.value)}
              placeholder="/output/*/fetchedAt"
              className="mono resize-y rounded-md border border-line-strong bg-canvas px-2 py-1.5"
            />
          </label>
          {error && <Notice tone="error">{error}</Notice>}
          {noise.length > 0 && (
            <div>
              <h3 className="eyebrow mb-1">Taken for noise by itself: ids, times</h3>
              <ul className="mono max-h-40 overflow-y-auto text-xs text-ink-2">
                {noise.map((pointer) => (
                  <li key={pointer} className="[overflow-wrap:anywhere]">
                    {pointer}
                  </li>
                ))}
              </ul>
            </div>
          )}
          <span className="flex justify-end gap-2">
            <Button look="quiet" onClick={() => setOpen(false)}>
              Leave as it is
            </Button>
            <Button look="main" type="submit">
              {saveLabel}
            </Button>
          </span>
        </form>
      </Sheet>
    </>
  );
}

/** The form stays open, and says what is wrong. */
const ignore = (): void => undefined;
