import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from './Button';

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
            <IconButton name="Close" onClick={onClose} className="ml-auto">
              <X size={15} aria-hidden />
            </IconButton>
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}
