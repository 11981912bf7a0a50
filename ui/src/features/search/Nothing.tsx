import { FilterX } from 'lucide-react';
import type { Filters } from '@/api/queries';
import type { Execution } from '@/api/types';
import { Button } from '@/components/Button';
import { Blank } from '@/components/Notice';
import { useNow } from '@/components/useNow';
import { age } from '@/lib/format';
import { DEFAULT_RANGE, isWithin, RANGE_WORDS, RANGES } from '@/lib/time';

/** No execution fits: says what keeps them away, and takes it off. */
export function Nothing({
  filters,
  newest,
  onChange,
}: {
  filters: Filters;
  /** The newest execution of all. */
  newest: Execution | undefined;
  onChange: (filters: Filters) => void;
}) {
  const now = useNow();
  const { range, since, until, ...rest } = filters;
  const filtered = Object.values(rest).some((value) => value !== undefined);
  const words = since && until ? 'in the chosen time' : inWords(RANGE_WORDS[range ?? DEFAULT_RANGE]);
  // The shortest range that shows the newest one.
  const wider = newest && RANGES.find((each) => isWithin(newest.startedAt, { range: each }, now));
  const outOfTime = newest && !isWithin(newest.startedAt, { range, since, until }, now);
  return (
    <div className="flex-1">
      <Blank
        icon={<FilterX size={30} aria-hidden />}
        title={filtered ? 'No execution fits' : `No execution ${words}`}
        action={
          <>
            {filtered && (
              <Button look="main" onClick={() => onChange({ range, since, until })}>
                Clear the query
              </Button>
            )}
            {outOfTime && wider && (
              <Button onClick={() => onChange({ ...rest, range: wider })}>{RANGE_WORDS[wider]}</Button>
            )}
            {!outOfTime && (range !== 'all' || since) && (
              <Button onClick={() => onChange({ ...rest, range: 'all' })}>All time</Button>
            )}
          </>
        }
      >
        {newest && outOfTime && <p>The newest one started {age(Date.parse(newest.startedAt), now)}.</p>}
        <p className="text-sm">New ones that fit appear here by themselves.</p>
      </Blank>
    </div>
  );
}

const inWords = (range: string): string =>
  range === RANGE_WORDS.all ? 'at all' : `in the ${range.charAt(0).toLowerCase()}${range.slice(1)}`;
