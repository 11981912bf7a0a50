import { useBlocker } from '@tanstack/react-router';
import { Button } from '@/components/Button';
import { Sheet } from '@/components/Sheet';

/** Asks before changes that are not saved get lost, also when the tab is closed. */
export function Unsaved({ dirty }: { dirty: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: dirty,
    withResolver: true,
  });
  return (
    <Sheet title="Leave without saving?" open={status === 'blocked'} onClose={() => reset?.()}>
      <p className="text-sm text-ink-2">What you have changed on this page is not saved.</p>
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={() => reset?.()}>Stay here</Button>
        <Button look="main" onClick={() => proceed?.()}>
          Leave
        </Button>
      </div>
    </Sheet>
  );
}
