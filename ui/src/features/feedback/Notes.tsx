import { Pencil, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import type { Note } from '@/api/types';
import { Button, IconButton } from '@/components/Button';
import { useNow } from '@/components/useNow';
import { age, timestamp } from '@/lib/format';

export interface NotesProps {
  notes: readonly Note[];
  /** Names the step of a note that is about one. */
  stepName: (stepId: string) => string;
  /** Where notes on one step are shown, it need not be named. */
  ofStep: boolean;
  mayWrite: boolean;
  busy: boolean;
  error: string | undefined;
  onCreate: (text: string) => Promise<unknown>;
  onReplace: (id: string, text: string) => Promise<unknown>;
  onDelete: (id: string) => void;
}

/** What people wrote about an execution or a step, the oldest first. */
export function Notes({ notes, mayWrite, error, onCreate, ...rest }: NotesProps) {
  return (
    <div className="flex flex-col gap-2">
      {notes.length > 0 && (
        <ul className="flex flex-col gap-2">
          {notes.map((note) => (
            <Entry key={note.id} note={note} {...rest} />
          ))}
        </ul>
      )}
      {notes.length === 0 && !mayWrite && <p className="text-ink-3">Nobody wrote one.</p>}
      {mayWrite && <Editor label="Write a note" text="" busy={rest.busy} onSave={onCreate} />}
      {error && (
        <p role="alert" className="text-xs text-err">
          {error}
        </p>
      )}
    </div>
  );
}

function Entry({
  note,
  stepName,
  ofStep,
  busy,
  onReplace,
  onDelete,
}: { note: Note } & Omit<NotesProps, 'notes' | 'mayWrite' | 'error' | 'onCreate'>) {
  const [editing, edit] = useState(false);
  const now = useNow();
  if (editing) {
    return (
      <li>
        <Editor
          label="Change the note"
          text={note.text}
          busy={busy}
          onSave={async (text) => {
            await onReplace(note.id, text);
            edit(false);
          }}
          onCancel={() => edit(false)}
        />
      </li>
    );
  }
  return (
    <li className="rounded-md border border-line bg-raised px-2.5 py-2">
      <p dir="auto" className="text-sm [overflow-wrap:anywhere] whitespace-pre-wrap">
        {note.text}
      </p>
      <div className="mt-1 flex items-center gap-2 text-xs text-ink-3">
        <span className="min-w-0 truncate">
          {note.author && <bdi>{note.author} · </bdi>}
          {note.stepId && !ofStep && <bdi>on {stepName(note.stepId)} · </bdi>}
          <time dateTime={note.createdAt} title={timestamp(note.createdAt)}>
            {age(Date.parse(note.createdAt), now)}
          </time>
          {note.updatedAt !== note.createdAt && ' · changed'}
        </span>
        {note.mine && (
          <span className="ml-auto flex shrink-0">
            <IconButton name="Change the note" onClick={() => edit(true)} className="size-6">
              <Pencil size={12} aria-hidden />
            </IconButton>
            <IconButton
              name="Delete the note"
              disabled={busy}
              onClick={() => onDelete(note.id)}
              className="size-6"
            >
              <Trash2 size={12} aria-hidden />
            </IconButton>
          </span>
        )}
      </div>
    </li>
  );
}

function Editor({
  label,
  text,
  busy,
  onSave,
  onCancel,
}: {
  label: string;
  text: string;
  busy: boolean;
  onSave: (text: string) => Promise<unknown>;
  onCancel?: () => void;
}) {
  const [value, setValue] = useState(text);
  const id = useId();
  const save = (): void => {
    // What failed is told beside the notes, and the text stays to be tried again.
    void onSave(value.trim()).then(
      () => setValue(''),
      () => undefined,
    );
  };
  return (
    <form
      className="flex flex-col gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (value.trim()) save();
      }}
    >
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <textarea
        id={id}
        value={value}
        maxLength={20_000}
        rows={2}
        dir="auto"
        placeholder={label}
        onChange={(event) => setValue(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey))
            event.currentTarget.form?.requestSubmit();
          if (event.key === 'Escape' && onCancel) {
            event.stopPropagation();
            onCancel();
          }
        }}
        className="w-full resize-y rounded-md border border-line bg-surface px-2 py-1.5 text-sm placeholder:text-ink-3"
      />
      {(value || onCancel) && (
        <div className="flex justify-end gap-2">
          {onCancel && (
            <Button look="quiet" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button look="main" type="submit" disabled={busy || !value.trim()}>
            Save note
          </Button>
        </div>
      )}
    </form>
  );
}
