import { Bookmark, Check, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { NewView, View } from '@/api/types';
import { Button } from '@/components/Button';
import { Notice } from '@/components/Notice';
import { Popup } from '@/components/Popup';

/** Ways to look at the list that the project keeps. */
export function Views({
  views,
  current,
  isCurrent,
  onOpen,
  onSave,
  onDelete,
  error,
}: {
  views: readonly View[];
  /** What is looked at now, without a name. */
  current: Omit<NewView, 'name'>;
  isCurrent: (view: View) => boolean;
  onOpen: (view: View) => void;
  /** Absent for a key that may not keep any. */
  onSave: ((view: NewView) => void) | undefined;
  onDelete: ((view: View) => void) | undefined;
  error: string | undefined;
}) {
  const [open, setOpen] = useState(false);
  const shown = views.find(isCurrent);
  const save = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (!name) return;
    onSave?.({ ...current, name });
    event.currentTarget.reset();
  };
  return (
    <Popup
      name="Saved views"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button look="quiet" aria-label={shown ? `View: ${shown.name}` : 'Views'} className="max-w-44">
          <Bookmark size={14} aria-hidden className={shown && 'fill-accent text-accent'} />
          <span className="truncate max-lg:sr-only">{shown?.name ?? 'Views'}</span>
        </Button>
      }
    >
      <div className="flex w-80 flex-col gap-1 p-1.5">
        {views.length === 0 && (
          <p className="px-1.5 py-1 text-sm text-ink-2">
            No view is kept yet. A view holds the query, the range of time and the columns.
          </p>
        )}
        <ul className="max-h-72 overflow-y-auto">
          {views.map((view) => (
            <li key={view.id} className="group/view flex items-center rounded-md hover:bg-hover">
              <button
                type="button"
                onClick={() => {
                  onOpen(view);
                  setOpen(false);
                }}
                className="flex min-w-0 flex-1 items-center gap-1.5 px-1.5 py-1 text-left"
              >
                <span className="inline-flex w-4 shrink-0">
                  {view === shown && <Check size={13} aria-hidden />}
                </span>
                <span className="min-w-0">
                  <bdi className="block truncate text-sm">{view.name}</bdi>
                  <span className="mono block truncate text-ink-3">{view.query || 'all executions'}</span>
                </span>
              </button>
              {onDelete && (
                <button
                  type="button"
                  aria-label={`Delete the view ${view.name}`}
                  onClick={() => onDelete(view)}
                  className="flex size-7 shrink-0 items-center justify-center rounded-md text-ink-3 hover:text-err"
                >
                  <Trash2 size={13} aria-hidden />
                </button>
              )}
            </li>
          ))}
        </ul>
        {onSave && (
          <form onSubmit={save} className="flex items-center gap-1.5 border-t border-line px-1.5 pt-2 pb-1">
            <input
              name="name"
              aria-label="Name of the view"
              maxLength={100}
              required
              autoComplete="off"
              placeholder="Keep this as…"
              className="h-7 min-w-0 flex-1 rounded-md border border-line bg-canvas px-2 text-sm outline-none focus:border-ring"
            />
            <Button type="submit">Save</Button>
          </form>
        )}
        {error && <Notice tone="error">{error}</Notice>}
      </div>
    </Popup>
  );
}
