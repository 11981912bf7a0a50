import { FilterX } from 'lucide-react';
import type { Filters } from '@/api/list';
import type { Execution } from '@/api/types';
import { Button } from '@/components/Button';
import { Blank } from '@/components/Notice';
import { useNow } from '@/components/useNow';
import { age, timestamp } from '@/lib/format';
import { DEFAULT_RANGE, isWithin, RANGE_WORDS, RANGES } from '@/lib/time';

/** No execution fits: says what keeps them away, and takes it off. */
export function Nothing({
  filters,
  newest,
  searchedTo,
  onMore,
  onChange,
}: {
  filters: Filters;
  /** The newest execution of all. */
  newest: Execution | undefined;
  /** Up to where a search that may stop has looked. */
  searchedTo: string | undefined;
  onMore: () => void;
  onChange: (filters: Filters) => void;
}) {
  const now = useNow();
  const { q, range, since, until } = filters;
  const words = since && until ? 'in the chosen time' : inWords(RANGE_WORDS[range ?? DEFAULT_RANGE]);
  // The shortest range that shows the newest one.
  const wider = newest && RANGES.find((each) => isWithin(newest.startedAt, { range: each }, now));
  const outOfTime = newest && !isWithin(newest.startedAt, { range, since, until }, now);
  return (
    <div className="flex-1">
      <Blank
        icon={<FilterX size={30} aria-hidden />}
        title={searchedTo ? 'Nothing found yet' : q ? 'No execution fits' : `No execution ${words}`}
        action={
          <>
            {searchedTo && (
              <Button look="main" onClick={onMore}>
                Look further back
              </Button>
            )}
            {q && (
              <Button look={searchedTo ? 'plain' : 'main'} onClick={() => onChange({ range, since, until })}>
                Clear the query
              </Button>
            )}
            {outOfTime && wider && (
              <Button onClick={() => onChange({ q, range: wider })}>{RANGE_WORDS[wider]}</Button>
            )}
            {!outOfTime && !searchedTo && (range !== 'all' || since) && (
              <Button onClick={() => onChange({ q, range: 'all' })}>All time</Button>
            )}
          </>
        }
      >
        {searchedTo && <p className="num">Searched back to {timestamp(searchedTo)}.</p>}
        {newest && outOfTime && <p>The newest one started {age(Date.parse(newest.startedAt), now)}.</p>}
        <p className="text-sm">New ones that fit appear here by themselves.</p>
      </Blank>
    </div>
  );
}

const inWords = (range: string): string =>
  range === RANGE_WORDS.all ? 'at all' : `in the ${range.charAt(0).toLowerCase()}${range.slice(1)}`;
