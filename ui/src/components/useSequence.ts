import { useEffect, useRef } from 'react';
import { type Hotkeys, isForPage } from './useHotkeys';

/** How long the second key may take. */
const PATIENCE_MS = 1_500;

/**
 * Keys pressed one after the other: `useSequence('g', { p: toPipelines })`. The
 * second key is this hook's alone, whatever it means to the page by itself.
 */
export function useSequence(first: string, keys: Hotkeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let begun = 0;
    const onKey = (event: KeyboardEvent): void => {
      const waiting = event.timeStamp - begun < PATIENCE_MS && begun > 0;
      if (!isForPage(event) || event.metaKey || event.ctrlKey || ['Shift', 'Escape'].includes(event.key))
        return;
      const action = waiting ? latest.current[event.key] : undefined;
      begun = !waiting && event.key === first ? event.timeStamp : 0;
      if (!action) return;
      event.preventDefault();
      action(event);
    };
    // Before the page's own keys, which leave alone what somebody has taken.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [first]);
}
