import { type InfiniteData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { executionsKey } from '@/api/list';
import type { LiveState } from '@/api/live';
import { sessionQuery } from '@/api/queries';
import type { Execution, ExecutionList } from '@/api/types';
import type { Theme } from '@/features/frame/theme';
import { type Command, looksLikeId } from '@/features/palette/match';
import { Palette } from '@/features/palette/Palette';
import { age } from '@/lib/format';
import { RANGE_WORDS, RANGES } from '@/lib/time';
import { useExecutionCommands } from './executionCommands';
import type { ListSearch } from './search';
import { SECTIONS } from './settings/sections';

const MOST_RECENT = 100;

/** The palette with everything that this product can do or go to. */
export function Commands({
  onClose,
  onTheme,
  onHelp,
  live,
  onLive,
}: {
  onClose: () => void;
  onTheme: (theme: Theme) => void;
  onHelp: () => void;
  live: LiveState;
  onLive: () => void;
}) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const here = useExecutionCommands();
  const session = useQuery(sessionQuery);
  const commands = useMemo<Command[]>(() => {
    const list = (search: ListSearch) => () => void navigate({ to: '/executions', search });
    const theme = (label: string, value: Theme): Command => ({
      id: `theme ${value}`,
      group: 'Theme',
      label,
      run: () => onTheme(value),
    });
    return [
      ...here,
      { id: 'all', group: 'Go to', label: 'Executions', run: list({}) },
      { id: 'alerts', group: 'Go to', label: 'Alerts', run: () => void navigate({ to: '/alerts' }) },
      { id: 'pipelines', group: 'Go to', label: 'Pipelines', run: () => void navigate({ to: '/pipelines' }) },
      ...SECTIONS.filter((s) => session.data && s.offered(session.data)).map((s) => ({
        id: `settings ${s.id}`,
        group: 'Go to',
        label: `Settings: ${s.label}`,
        run: () => void navigate({ to: '/settings/{-$section}', params: { section: s.id } }),
      })),
      {
        id: 'compare',
        group: 'Go to',
        label: 'Compare',
        run: () => void navigate({ to: '/compare', search: {} }),
      },
      { id: 'error', group: 'Show', label: 'Failed executions', run: list({ q: 'status:error' }) },
      { id: 'running', group: 'Show', label: 'Running executions', run: list({ q: 'status:running' }) },
      { id: 'ok', group: 'Show', label: 'Successful executions', run: list({ q: 'status:ok' }) },
      ...RANGES.map((range) => ({
        id: range,
        group: 'Show',
        label: `Executions: ${RANGE_WORDS[range].toLowerCase()}`,
        run: list({ range }),
      })),
      theme('Theme: as the system', 'system'),
      theme('Theme: light', 'light'),
      theme('Theme: dark', 'dark'),
      {
        id: 'live',
        group: 'Page',
        label: live === 'live' ? 'Pause live updates' : 'Go on live',
        run: onLive,
      },
      { id: 'help', group: 'Page', label: 'Keys and help', run: onHelp },
      ...recent(client.getQueriesData<InfiniteData<ExecutionList>>({ queryKey: executionsKey })).map((e) => ({
        id: e.id,
        group: 'Open',
        label: e.name || '(no name)',
        note: `${age(Date.parse(e.startedAt), Date.now())} · ${e.headline || e.executionId}`,
        run: () => void navigate({ to: '/executions/$id', params: { id: e.id } }),
      })),
    ];
  }, [here, client, session.data, navigate, onTheme, onHelp, onLive, live]);
  const forText = useCallback(
    (text: string): Command | undefined =>
      looksLikeId(text)
        ? {
            id: 'by id',
            group: 'Open',
            label: 'Execution with the id',
            note: text.trim(),
            run: () => void navigate({ to: '/executions/$id', params: { id: text.trim() } }),
          }
        : undefined,
    [navigate],
  );
  return <Palette commands={commands} forText={forText} onClose={onClose} />;
}

/** The executions that any list has loaded, newest first. */
function recent(lists: Array<[unknown, InfiniteData<ExecutionList> | undefined]>): Execution[] {
  const known = new Map<string, Execution>();
  for (const [, data] of lists) {
    for (const page of data?.pages ?? []) for (const e of page.executions) known.set(e.id, e);
  }
  return [...known.values()].toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).slice(0, MOST_RECENT);
}
