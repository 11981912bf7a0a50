import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';

/** A modal pane, on the browser's own dialog: focus and Escape come with it. */
export function Sheet({
  title,
  open,
  onClose,
  children,
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it closes; Escape does so by itself
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      onClick={(e) => e.target === dialog.current && onClose()}
      className="m-auto w-[560px] max-w-[calc(100vw-32px)] rounded-xl border border-line bg-raised p-0 text-ink shadow-pop backdrop:bg-[oklch(0.1_0.02_240/0.5)]"
    >
      {open && (
        <div className="max-h-[80vh] overflow-y-auto p-5">
          <div className="mb-3 flex items-center">
            <h2 className="text-lg font-semibold tracking-tight">{title}</h2>
            {/* No tip here: it opens on focus, and would take the first Escape for itself. */}
            <button
              type="button"
              aria-label="Close"
              onClick={onClose}
              className="ml-auto inline-flex size-7 items-center justify-center rounded-md text-ink-2 hover:bg-hover hover:text-ink"
            >
              <X size={15} aria-hidden />
            </button>
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}
