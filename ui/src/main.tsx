import './styles/app.css';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, isCode } from './api/client';
import { Live } from './api/live';
import { liveEvents } from './api/liveCache';
import { sessionQuery } from './api/queries';
import { LiveContext } from './routes/live';
import { makeRouter } from './routes/router';

// These pass by themselves; all other problems need someone to act.
const PASSING = new Set(['unreachable', 'unavailable', 'limit', 'internal']);

/** The session is over, or the key is no good any more: ask who is there. */
function onRefusal(error: unknown): void {
  if (isCode(error, 'unauthorized')) void client.resetQueries({ queryKey: sessionQuery.queryKey });
}

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (query.queryKey[0] !== sessionQuery.queryKey[0]) onRefusal(error);
    },
  }),
  mutationCache: new MutationCache({ onError: onRefusal }),
  defaultOptions: {
    queries: {
      // The live stream tells what changed; asking on every focus would be noise.
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && error instanceof ApiError && PASSING.has(error.code),
      retryDelay: (attempt) => Math.min(4_000, 400 * 2 ** attempt),
      // The browser's idea of "online" says nothing about localhost.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

const live = new Live(liveEvents(client));
window.addEventListener('online', () => live.hurry());
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && live.hurry());

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <LiveContext value={live}>
          <RouterProvider router={makeRouter()} />
        </LiveContext>
      </QueryClientProvider>
    </StrictMode>,
  );
}
