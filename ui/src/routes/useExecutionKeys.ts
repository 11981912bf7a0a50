import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ExecutionDetail } from '@/api/types';
import { copyToClipboard } from '@/components/Copy';
import { useHotkeys } from '@/components/useHotkeys';
import { beforeIt, neighbour } from './neighbours';
import { compact, type ExecutionSearch, type Pane, type View } from './search';

/** The keys of an execution's page, but for those of the list of steps. */
export function useExecutionKeys({
  execution,
  search,
  show,
  close,
  toPane,
  hasFunnel,
}: {
  execution: ExecutionDetail | undefined;
  search: ExecutionSearch;
  show: (next: ExecutionSearch, replace?: boolean) => void;
  close: () => void;
  toPane: (pane: Pane) => void;
  hasFunnel: boolean;
}): { toNeighbour: (by: 1 | -1) => void; toComparison: () => void } {
  const client = useQueryClient();
  const navigate = useNavigate();
  const tab = (to: ExecutionSearch['tab']) => () => {
    if (search.step) show({ ...search, tab: to, pane: 'step' }, true);
  };
  const view = (to: View) => () => show({ ...search, view: to }, true);
  const toNeighbour = async (by: 1 | -1): Promise<void> => {
    const id = execution && (await neighbour(client, execution, by));
    if (id) void navigate({ to: '/executions/$id', params: { id }, search: compact({ view: search.view }) });
  };
  const toComparison = async (): Promise<void> => {
    const before = execution && (await beforeIt(execution));
    if (execution) void navigate({ to: '/compare', search: compact({ a: before, b: execution.id }) });
  };
  useHotkeys({
    Escape: () => search.step && close(),
    i: tab('input'),
    u: tab('output'),
    d: tab('changes'),
    a: () => show({ ...search, side: search.step ? 'attributes' : 'about', pane: 'context' }, true),
    f: () => hasFunnel && view('funnel')(),
    t: view('tree'),
    w: view('waterfall'),
    1: () => focusPane('steps', toPane),
    2: () => focusPane('step', toPane),
    3: () => focusPane('context', toPane),
    y: () => void copyToClipboard(window.location.href),
    '[': () => void toNeighbour(-1),
    ']': () => void toNeighbour(1),
    c: () => void toComparison(),
  });
  return { toNeighbour: (by) => void toNeighbour(by), toComparison: () => void toComparison() };
}

/** To a pane by its number: it is shown, opened if it is closed, and gets the focus. */
function focusPane(pane: Pane, toPane: (pane: Pane) => void): void {
  toPane(pane);
  document.querySelector<HTMLElement>(pane === 'context' ? '[data-open-pane]' : '[data-never]')?.click();
  const focus = (): void => {
    const box = document.getElementById(`pane-${pane}`);
    const best = ['[role="treegrid"]', 'ol button', '[role="tab"]', '[tabindex="0"]'];
    const target = best.map((selector) => box?.querySelector<HTMLElement>(selector)).find(Boolean);
    target?.focus();
  };
  focus();
  // What was hidden cannot take the focus before it is drawn.
  requestAnimationFrame(() => {
    if (!document.getElementById(`pane-${pane}`)?.contains(document.activeElement)) focus();
  });
}
