import { useMemo, useState } from 'react';
import type { ExecutionDetail, Station, Step } from '@/api/types';
import { Scroll } from '@/components/Scroll';
import { Segmented } from '@/components/Segmented';
import { useHotkeys } from '@/components/useHotkeys';
import { useNow } from '@/components/useNow';
import { Funnel } from '@/features/items/Funnel';
import { searchStations } from '@/features/items/stations';
import { arrange } from '@/features/waterfall/arrange';
import { foldAll, useFolding } from '@/features/waterfall/folding';
import { nextError } from '@/features/waterfall/layout';
import { StepTree, type StepTreeProps } from '@/features/waterfall/StepTree';
import { TreeTools } from '@/features/waterfall/TreeTools';
import { plural } from '@/lib/format';
import type { View } from './search';

const NO_STATIONS: readonly Station[] = [];

/** The left pane: the same steps as funnel, tree or waterfall, with one search over them. */
export function StepsPane({
  execution,
  steps,
  stations = NO_STATIONS,
  view,
  onView,
  selected,
  follow,
  decisive,
  onSelect,
  onStation,
}: {
  execution: ExecutionDetail;
  steps: readonly Step[];
  /** What steps did to the items; none where there are no items. */
  stations: readonly Station[] | undefined;
  view: View;
  onView: (view: View) => void;
  selected: string | undefined;
  follow: boolean;
  decisive: ReadonlySet<string>;
  onSelect: StepTreeProps['onSelect'];
  onStation: (stepId: string) => void;
}) {
  const [search, setSearch] = useState('');
  const folding = useFolding();
  const forest = useMemo(() => arrange(steps), [steps]);
  const failed = useMemo(() => steps.filter((s) => s.status === 'error').length, [steps]);
  const byStep = useMemo(() => new Map(stations.map((s) => [s.stepId, s])), [stations]);
  const toNextError = (): void => {
    const found = nextError(forest, selected);
    if (found) onSelect(found, 'glance');
  };
  useHotkeys({
    n: toNextError,
    '/': () => document.querySelector<HTMLElement>('#pane-steps [data-search]')?.focus(),
  });
  const tree: StepTreeProps = {
    forest,
    look: view === 'waterfall' ? 'waterfall' : 'tree',
    search,
    folding,
    selected,
    follow,
    decisive,
    stations: byStep,
    onSelect,
    nowNano: undefined,
  };
  const found = searchStations(stations, search);
  return (
    <Scroll name="Steps" className="flex-1 bg-surface">
      <TreeTools
        title={
          <Segmented
            label="View of the steps"
            options={[
              ...(stations.length > 0 ? [{ value: 'funnel' as const, label: 'Funnel' }] : []),
              { value: 'tree' as const, label: 'Tree' },
              { value: 'waterfall' as const, label: 'Waterfall' },
            ]}
            value={view}
            onChange={onView}
          />
        }
        summary={plural(steps.length, 'step')}
        failed={failed}
        search={search}
        onSearch={setSearch}
        onNextError={toNextError}
        onCollapse={view === 'funnel' ? undefined : () => foldAll(forest, folding)}
        collapsed={folding.collapsed.size > 0}
      />
      {view === 'funnel' ? (
        <div className="p-2">
          <Funnel stations={found} selected={selected} onSelect={onStation} />
          {found.length === 0 && (
            <p className="px-2 py-6 text-center text-ink-2">No station matches “{search}”.</p>
          )}
          <button
            type="button"
            onClick={() => onView('tree')}
            className="mx-2 mt-2 rounded text-left text-xs text-ink-3 hover:text-ink hover:underline"
          >
            {words(steps.length - stations.length)}
          </button>
        </div>
      ) : execution.status === 'running' ? (
        <RunningTree {...tree} />
      ) : (
        <StepTree {...tree} />
      )}
    </Scroll>
  );
}

function words(others: number): string {
  if (others <= 0) return 'Every step touches items; the tree shows them in their order';
  return `${plural(others, 'step')} more ${others === 1 ? 'touches' : 'touch'} no items; the tree has them all`;
}

/** Only a running execution needs the time. */
function RunningTree(props: StepTreeProps) {
  return <StepTree {...props} nowNano={useNow() * 1e6} />;
}
