import { useSyncExternalStore } from 'react';

// One timer for the whole page, and only while somebody shows a running time.
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, renewed each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => {
    if (!timer) now = Math.max(now, Date.now() - 1_000);
    return now;
  });
}
