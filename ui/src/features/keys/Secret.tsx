import { useEffect, useRef } from 'react';
import type { CreatedKey, Session } from '@/api/types';
import { Button } from '@/components/Button';
import { Copy } from '@/components/Copy';
import { envBlock } from './keys';

/** A new key's secret, which the server does not know any more. Stays until somebody says that it is kept. */
export function Secret({
  created,
  session,
  onDone,
}: {
  created: CreatedKey;
  session: Session;
  onDone: () => void;
}) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), []);
  const { key, secret } = created;
  const env = envBlock(secret, key.scope, session);
  return (
    <section
      ref={box}
      tabIndex={-1}
      aria-label="The new key"
      className="mb-6 rounded-lg border border-lit-line bg-surface p-4"
    >
      <h2 className="text-base font-semibold tracking-tight">
        <bdi>{key.name || 'The new key'}</bdi>: keep its secret now
      </h2>
      <p className="mt-0.5 text-sm text-ink-2">
        It is shown this once. The server keeps only its fingerprint.
      </p>
      <p className="mt-3 flex items-center gap-2 rounded-md bg-sunken px-2.5 py-1.5">
        <code className="min-w-0 flex-1 font-mono text-sm [overflow-wrap:anywhere]">{secret}</code>
        <Copy
          name="Copy the secret"
          text={() => secret}
          className="h-7 border border-line bg-raised px-2 text-ink-2"
        >
          Copy
        </Copy>
      </p>
      <div className="mt-3 flex items-end justify-between gap-2">
        <h3 className="text-sm font-medium">As environment</h3>
        <Copy
          name="Copy the environment"
          text={() => env}
          className="h-7 border border-line bg-raised px-2 text-ink-2"
        >
          Copy
        </Copy>
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="mt-1 overflow-x-auto rounded-md bg-sunken p-2.5 font-mono text-xs leading-[17px]"
      >
        {env}
      </pre>
      <div className="mt-3 flex justify-end">
        <Button look="main" onClick={onDone}>
          I have kept it
        </Button>
      </div>
    </section>
  );
}
