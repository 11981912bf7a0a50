import { useState } from 'react';

/**
 * One try after another. Not a mutation of Query: a wrong password is answered
 * 401, which everywhere else means that the session is over.
 */
export function useAttempt<T>(
  act: () => Promise<T>,
  done: (value: T) => void,
): { run: () => void; busy: boolean; problem: string | undefined } {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = (): void => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    act().then(
      (value) => {
        setBusy(false);
        done(value);
      },
      (error: unknown) => {
        setBusy(false);
        setProblem(error instanceof Error ? error.message : String(error));
      },
    );
  };
  return { run, busy, problem };
}
