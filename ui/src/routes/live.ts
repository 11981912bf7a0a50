import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Live, LiveState } from '@/api/live';

/** The page's one live connection; main.tsx makes it. */
export const LiveContext = createContext<Live | undefined>(undefined);

export function useLive(): { live: Live; state: LiveState } {
  const live = useContext(LiveContext);
  if (!live) throw new Error('LiveContext is missing above this component');
  return { live, state: useSyncExternalStore(live.subscribe, live.state) };
}
