import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { createKey, keysQuery, revokeKey, rotateKey } from '@/api/keys';
import { sessionQuery } from '@/api/queries';
import type { CreatedKey, Key } from '@/api/types';
import { Button } from '@/components/Button';
import { Check } from '@/components/form/inputs';
import { Notice } from '@/components/Notice';
import { Sheet } from '@/components/Sheet';
import { useNow } from '@/components/useNow';
import { NewKeyForm, RevokeForm, RotateForm } from '@/features/keys/KeyForms';
import { KeyTable } from '@/features/keys/KeyTable';
import { inOrder, works } from '@/features/keys/keys';
import { Secret } from '@/features/keys/Secret';
import { Loaded } from './Loaded';
import { SectionHead } from './SectionHead';

type Act = { act: 'create' } | { act: 'rotate' | 'revoke'; key: Key };

const TITLES = { create: 'New key', rotate: 'Rotate the key', revoke: 'Revoke the key?' };

export function KeysPage() {
  const client = useQueryClient();
  const session = useQuery(sessionQuery).data;
  const now = useNow();
  const [open, setOpen] = useState<Act>();
  const [ended, setEnded] = useState(false);
  // Here and nowhere else: it is no part of any cache.
  const [created, setCreated] = useState<CreatedKey>();
  const again = () => client.invalidateQueries({ queryKey: keysQuery.queryKey });
  const made = (key: CreatedKey) => {
    setCreated(key);
    setOpen(undefined);
    return again();
  };
  const creating = useMutation({ mutationFn: createKey, onSuccess: made, gcTime: 0 });
  const rotating = useMutation({
    mutationFn: ({ key, until }: { key: Key; until: string }) => rotateKey(key.id, until),
    onSuccess: made,
    gcTime: 0,
  });
  const revoking = useMutation({
    mutationFn: (key: Key) => revokeKey(key.id),
    onSuccess: () => {
      setOpen(undefined);
      return again();
    },
  });
  const start = (act: Act): void => {
    for (const mutation of [creating, rotating, revoking]) mutation.reset();
    setOpen(act);
  };
  const close = (): void => setOpen(undefined);
  return (
    <>
      <SectionHead
        title="API keys"
        action={
          <Button look="main" onClick={() => start({ act: 'create' })}>
            <Plus size={14} aria-hidden />
            New key
          </Button>
        }
      >
        With these, pipelines send and programs look. People sign in instead.
      </SectionHead>
      {session?.local && (
        <Notice tone="info" className="mb-5">
          This server is in local mode: only this machine reaches it, and nobody needs a key.
        </Notice>
      )}
      {created && session && (
        <Secret
          key={created.key.id}
          created={created}
          session={session}
          onDone={() => setCreated(undefined)}
        />
      )}
      <Loaded query={useQuery(keysQuery)}>
        {(keys) => {
          const gone = keys.filter((key) => !works(key)).length;
          const shown = inOrder(keys).filter((key) => ended || works(key));
          return (
            <>
              {shown.length > 0 ? (
                <KeyTable
                  keys={shown}
                  now={now}
                  onRotate={(key) => start({ act: 'rotate', key })}
                  onRevoke={(key) => start({ act: 'revoke', key })}
                />
              ) : (
                <p className="rounded-lg border border-dashed border-line-strong px-3 py-6 text-center text-sm text-ink-2">
                  No key opens this project.
                </p>
              )}
              {gone > 0 && (
                <div className="mt-3">
                  <Check
                    label={`Also show those that have ended (${gone})`}
                    checked={ended}
                    onChange={(e) => setEnded(e.target.checked)}
                  />
                </div>
              )}
            </>
          );
        }}
      </Loaded>
      <Sheet title={open ? TITLES[open.act] : ''} open={open !== undefined} onClose={close}>
        {open?.act === 'create' && (
          <NewKeyForm
            busy={creating.isPending}
            error={creating.error?.message}
            onCancel={close}
            onCreate={(key) => creating.mutate(key)}
          />
        )}
        {open?.act === 'rotate' && (
          <RotateForm
            keyOf={open.key}
            busy={rotating.isPending}
            error={rotating.error?.message}
            onCancel={close}
            onRotate={(until) => rotating.mutate({ key: open.key, until })}
          />
        )}
        {open?.act === 'revoke' && (
          <RevokeForm
            keyOf={open.key}
            busy={revoking.isPending}
            error={revoking.error?.message}
            onCancel={close}
            onRevoke={() => revoking.mutate(open.key)}
          />
        )}
      </Sheet>
    </>
  );
}
