import { useEffect, useRef, useState } from 'react';
import type { AnswerPart } from '@/api/ask';
import type { Turn } from '@/features/reasoning/Ask';

type Ask = (signal: AbortSignal) => AsyncGenerator<AnswerPart>;

/** Questions that were asked on this page, and their answers as they come about. */
export function useAnswers() {
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const ask = async (question: string, how: Ask): Promise<void> => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    const id = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const change = (with_: (old: Turn) => Turn): void =>
      setTurns((all) => all.map((turn) => (turn.id === id ? with_(turn) : turn)));
    setTurns((all) => [...all, { id, question, claims: [], busy: true }]);
    try {
      for await (const part of how(abort.signal)) {
        change((turn) =>
          part.event === 'claim'
            ? { ...turn, claims: [...turn.claims, part.claim] }
            : { ...turn, answer: part.answer, done: part.event === 'done' },
        );
      }
    } catch (error) {
      const message = abort.signal.aborted
        ? 'Called off.'
        : error instanceof Error
          ? error.message
          : String(error);
      change((turn) => ({ ...turn, error: message }));
    }
    change((turn) => ({ ...turn, busy: false }));
  };
  return { turns, ask, stop: () => running.current?.abort() };
}
