import type { Session } from '@/api/types';
import { Kbd } from '@/components/Kbd';
import { Sheet } from '@/components/Sheet';
import { base } from '@/lib/base';

type Keys = ReadonlyArray<[keys: string, words: string]>;

const LIST: Keys = [
  ['j k', 'next, previous'],
  ['Enter', 'peek'],
  ['o', 'open'],
  ['x', 'pick to compare'],
  ['c', 'compare two, or tell more apart'],
  ['/', 'the query'],
  ['Esc', 'shut the peek, zoom out'],
];
const EXECUTION: Keys = [
  ['↑ ↓', 'through the steps'],
  ['← →', 'fold, unfold'],
  ['n', 'next failed step'],
  ['f t w', 'funnel, tree, waterfall'],
  ['1 2 3', 'steps, step, context'],
  ['i u d', 'input, output, changes'],
  ['a', 'attributes'],
  ['/', 'find a step'],
  ['[ ]', 'newer, older execution'],
  ['c', 'compare with the one before'],
  ['y', 'copy the link'],
  ['Esc', 'close the step'],
];
const COMPARE: Keys = [
  ['n p', 'next, previous difference'],
  ['e', 'explain the divergence'],
];
const PIPELINES: Keys = [
  ['j k', 'next, previous pipeline'],
  ['b', 'the range before, laid over this one'],
];
const EVERYWHERE: Keys = [
  ['⌘K', 'go to anything'],
  ['.', 'pause, go on'],
  ['g e', 'to the executions'],
  ['g p', 'to the pipelines'],
  ['g c', 'to the comparison'],
  ['g s', 'to the settings'],
  ['?', 'this sheet'],
];

export function HelpSheet({
  open,
  onClose,
  session,
}: {
  open: boolean;
  onClose: () => void;
  session: Session | undefined;
}) {
  return (
    <Sheet title="Keys and help" open={open} onClose={onClose}>
      <div className="grid grid-cols-2 gap-6 max-sm:grid-cols-1">
        <Group title="Executions" keys={LIST} />
        <Group title="An execution" keys={EXECUTION} />
        <Group title="Comparison" keys={COMPARE} />
        <Group title="Pipelines" keys={PIPELINES} />
        <Group title="Everywhere" keys={EVERYWHERE} />
        <section>
          <h3 className="eyebrow mb-1.5">Marks of a claim</h3>
          <ul className="flex flex-col gap-1 text-sm text-ink-2">
            <li>
              <span className="font-medium text-ok">verified</span>: its quotes stand in the record
            </li>
            <li>
              <span className="font-medium text-accent">derived</span>: computed from the record
            </li>
            <li>
              <span className="font-medium text-warn">unverified</span>: the record does not prove it
            </li>
          </ul>
        </section>
      </div>
      <p className="mt-5 flex items-baseline justify-between border-t border-line pt-3 text-sm">
        <span className="flex gap-4">
          <a href={`${base}/api/docs`} className="font-medium text-accent hover:underline">
            API reference
          </a>
          <a href={`${base}/licenses.txt`} className="text-ink-2 hover:underline">
            Licences
          </a>
        </span>
        {session && (
          <span className="num text-xs text-ink-3">
            X-Ray {session.version} · explained by {session.reasoning.model ?? 'computed facts'}
          </span>
        )}
      </p>
    </Sheet>
  );
}

function Group({ title, keys }: { title: string; keys: Keys }) {
  return (
    <section>
      <h3 className="eyebrow mb-1.5">{title}</h3>
      <dl className="flex flex-col gap-1 text-sm">
        {keys.map(([key, words]) => (
          <div key={key} className="flex items-center gap-2">
            <dt className="flex w-[88px] shrink-0 gap-1">
              {key.split(' ').map((k) => (
                <Kbd key={k}>{k}</Kbd>
              ))}
            </dt>
            <dd className="text-ink-2">{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
