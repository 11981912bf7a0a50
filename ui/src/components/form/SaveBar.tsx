import { Check } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { cx } from '@/lib/cx';
import { Button } from '../Button';
import { FieldError } from './Field';

/**
 * Stands at the bottom of a form: what has changed, what went wrong, and that
 * it was saved. The form's own submit saves.
 */
export function SaveBar({
  dirty,
  saving,
  saved,
  error,
  onDiscard,
  label = 'Save',
}: {
  dirty: boolean;
  saving: boolean;
  /** It was saved, and nothing has changed since. */
  saved: boolean;
  /** What stands at none of the fields. */
  error?: string | undefined;
  onDiscard: () => void;
  label?: string;
}) {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The button that had the focus is gone.
    if (saved && document.activeElement === document.body) bar.current?.focus();
  }, [saved]);
  return (
    <div
      ref={bar}
      tabIndex={-1}
      className={cx(
        'sticky bottom-0 z-10 -mx-1 mt-6 flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 rounded-t-lg border px-3 py-2',
        dirty || error ? 'border-line bg-raised shadow-pop' : 'border-transparent',
      )}
    >
      <div className="min-w-0 flex-1 text-sm" aria-live="polite">
        {error ? (
          <FieldError>{error}</FieldError>
        ) : dirty ? (
          <span className="text-ink-2">Unsaved changes</span>
        ) : (
          saved && (
            <span className="flex items-center gap-1.5 font-medium text-ok">
              <Check size={14} aria-hidden />
              Saved
            </span>
          )
        )}
      </div>
      {dirty && (
        <>
          <Button look="quiet" onClick={onDiscard} disabled={saving}>
            Discard
          </Button>
          <Button type="submit" look="main" disabled={saving}>
            {saving ? 'Saving…' : label}
          </Button>
        </>
      )}
    </div>
  );
}
