import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '@/api/queries';
import { Notice } from '@/components/Notice';
import { mayChange, whyNot } from './may';

/** Whether the caller may change what a page shows; false until that is known. */
export function useMayChange(): boolean {
  const session = useQuery(sessionQuery).data;
  return session !== undefined && mayChange(session);
}

/** Said above a form to those who may only look at it. */
export function LookOnly() {
  const session = useQuery(sessionQuery).data;
  if (!session || mayChange(session)) return null;
  return (
    <Notice tone="info" className="mb-5">
      {whyNot(session)}
    </Notice>
  );
}
