import { Button } from '@/components/Button';
import { Copy } from '@/components/Copy';
import { Sheet } from '@/components/Sheet';

/** The secret that requests are signed with, this once. */
export function SecretSheet({ secret, onClose }: { secret: string | undefined; onClose: () => void }) {
  return (
    <Sheet title="Signing secret" open={secret !== undefined} onClose={onClose}>
      <p className="text-sm text-ink-2">
        Give it to the receiver, which checks with it that requests come from here. It is not shown again.
      </p>
      <div className="mt-3 flex items-center gap-2 rounded-md border border-line bg-sunken px-2 py-1.5">
        <code className="min-w-0 flex-1 font-mono text-xs [overflow-wrap:anywhere]">{secret}</code>
        <Copy name="Copy the secret" text={() => secret ?? ''} />
      </div>
      <div className="mt-4 flex justify-end">
        <Button look="main" onClick={onClose}>
          I have it
        </Button>
      </div>
    </Sheet>
  );
}
