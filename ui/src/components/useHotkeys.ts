import { useEffect, useRef } from 'react';

export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

/** True where typing means text, so single letters must not act. */
function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement && target.type === 'checkbox') return false;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}

/** Whether a key means something to the page, and not to a text field or a dialog. */
export function isForPage(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.altKey || event.isComposing) return false;
  // A dialog has its own keys; Escape closes it, and nothing behind it.
  if (event.target instanceof Element && event.target.closest('dialog')) return false;
  const mod = event.metaKey || event.ctrlKey;
  return mod || !isTyping(event.target) || event.key === 'Escape';
}

/**
 * Keys of a page: `{ j: next, Escape: close }`, with `mod+k` for ⌘K or Ctrl+K.
 * Other modifiers are left to the browser.
 */
export function useHotkeys(keys: Hotkeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!isForPage(event)) return;
      const mod = event.metaKey || event.ctrlKey;
      const action = latest.current[mod ? `mod+${event.key.toLowerCase()}` : event.key];
      if (!action) return;
      event.preventDefault();
      action(event);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
