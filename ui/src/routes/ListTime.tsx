import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { TimeControl } from '@/features/frame/TimeControl';
import { frozen, type TimeChoice } from '@/lib/time';
import { compact, type ListSearch } from './search';

/** The list's range of time, in the frame above it. */
export function ListTime() {
  const { range, since, until, ...rest } = useSearch({ from: '/executions' });
  const navigate = useNavigate();
  const router = useRouter();
  const choice = compact({ range, since, until });
  const withTime = (time: TimeChoice): ListSearch => compact({ ...rest, ...time });
  return (
    <TimeControl
      choice={choice}
      onChoose={(time) => void navigate({ to: '/executions', search: withTime(time) })}
      frozenLink={() => {
        const search = withTime(frozen(choice, Date.now()));
        return window.location.origin + router.buildLocation({ to: '/executions', search }).href;
      }}
    />
  );
}
