import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { TimeControl } from '@/features/frame/TimeControl';
import { frozen, type TimeChoice } from '@/lib/time';
import { compact, timeChoice } from './search';

/** The range of time of a page that has one, in the frame above it. */
export function PageTime() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const router = useRouter();
  const choice = timeChoice({ ...search });
  const withTime = (time: TimeChoice) => {
    const { range: _range, since: _since, until: _until, ...rest } = search;
    return compact({ ...rest, ...time });
  };
  return (
    <TimeControl
      choice={choice}
      onChoose={(time) => void navigate({ to: '.', search: withTime(time) })}
      frozenLink={() => {
        const fixed = withTime(frozen(choice, Date.now()));
        return window.location.origin + router.buildLocation({ to: '.', search: fixed }).href;
      }}
    />
  );
}

/** Whether the page at this path is about a range of time. */
export function hasTime(path: string): boolean {
  return path === '/executions' || path === '/pipelines' || path.startsWith('/pipelines/');
}
