import { useQuery } from '@tanstack/react-query';
import { estimateQuery } from '@/api/queries';
import { cost, count, plural } from '@/lib/format';
import { int64 } from '@/lib/time';

/** What another explanation would cost, and what the last one did. */
export function PriceOfExplaining({ id, last }: { id: string; last: number | undefined }) {
  const { data, error } = useQuery(estimateQuery(id));
  const before = last !== undefined && ` The last one cost ${cost(last)}.`;
  if (error) {
    return (
      <>
        What it would cost could not be worked out: {error.message}
        {before}
      </>
    );
  }
  if (!data) return <>Working out what it would cost…{before}</>;
  if (!data.model) return <>But the settings of this project ask no model: it costs nothing.{before}</>;
  return (
    <>
      That takes {plural(data.calls, 'call')} with about {count(int64(data.inputTokens))} tokens
      {data.costUsd === undefined
        ? ', and what they cost is not known: the model is in no price table.'
        : `, and costs ${cost(data.costUsd)} at most.`}
      {before} It counts for the caps of this project.
    </>
  );
}
