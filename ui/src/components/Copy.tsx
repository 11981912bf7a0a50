import { Check, Copy as CopyIcon } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { cx } from '@/lib/cx';

/** Puts text on the clipboard; false where the browser refuses. */
export async function copyToClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // no permission, or not a secure context
  }
}

/** Copies `text()` and says so for a moment. */
export function Copy({
  name,
  text,
  children,
  icon,
  className = 'h-6',
}: {
  name: string;
  text: () => string;
  children?: ReactNode;
  /** Instead of the usual two sheets. */
  icon?: ReactNode;
  className?: string;
}) {
  const [said, say] = useState<'copied' | 'refused'>();
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => say(undefined), 1_500);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <button
      type="button"
      aria-label={name}
      title={said === 'refused' ? 'The browser does not allow copying here' : name}
      onClick={async (event) => {
        event.stopPropagation();
        say((await copyToClipboard(text())) ? 'copied' : 'refused');
      }}
      className={cx(
        'inline-flex shrink-0 items-center gap-1 rounded-md px-1 text-xs text-ink-3 hover:bg-hover hover:text-ink',
        className,
      )}
    >
      {children}
      {said === 'copied' ? (
        <Check size={12} className="text-ok" aria-hidden />
      ) : (
        (icon ?? <CopyIcon size={12} aria-hidden />)
      )}
      <span className="sr-only" aria-live="polite">
        {said}
      </span>
    </button>
  );
}
