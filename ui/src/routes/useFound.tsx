import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Found } from '@/features/pipelines/links';
import type { TimeChoice } from '@/lib/time';

/** Links to the list of executions in a range of time, for numbers that count some of them. */
export function useFound({ range, since, until }: TimeChoice): Found {
  return useMemo(() => {
    const time: TimeChoice = since && until ? { since, until } : range ? { range } : {};
    return function FoundLink({ q, hint, children }) {
      return (
        <Link
          to="/executions"
          search={{ q, ...time }}
          title={hint}
          className="rounded-sm decoration-line-strong underline-offset-2 hover:underline"
        >
          {children}
        </Link>
      );
    };
  }, [range, since, until]);
}
