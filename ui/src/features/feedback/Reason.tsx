import { useId, useState } from 'react';
import { Button } from '@/components/Button';
import type { Way } from './thumb';

/** Why somebody's thumb points where it does; nobody has to say. */
export function Reason({
  way,
  comment,
  busy,
  error,
  onSave,
  onTakeBack,
}: {
  way: Way;
  comment: string;
  busy: boolean;
  error: string | undefined;
  onSave: (reason: string) => void;
  onTakeBack: () => void;
}) {
  const [text, setText] = useState(comment);
  const id = useId();
  return (
    <form
      className="flex w-72 flex-col gap-2 p-3 text-sm"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(text.trim());
      }}
    >
      <label htmlFor={id} className="font-medium">
        {way === 'up' ? 'What is good about it?' : 'What is wrong with it?'}
      </label>
      <textarea
        id={id}
        value={text}
        maxLength={4000}
        rows={3}
        dir="auto"
        placeholder="A reason, if you like"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey))
            event.currentTarget.form?.requestSubmit();
        }}
        className="w-full resize-y rounded-md border border-line bg-surface px-2 py-1.5 placeholder:text-ink-3"
      />
      {error ? (
        <p role="alert" className="text-xs text-err">
          {error}
        </p>
      ) : (
        <p role="status" className="text-xs text-ink-3">
          {busy ? 'Saving…' : 'Your thumb is saved.'}
        </p>
      )}
      <div className="flex justify-between gap-2">
        <Button look="quiet" onClick={onTakeBack} disabled={busy}>
          Take it back
        </Button>
        <Button look="main" type="submit" disabled={busy}>
          Save reason
        </Button>
      </div>
    </form>
  );
}
