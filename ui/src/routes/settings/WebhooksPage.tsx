import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Webhook as WebhookIcon } from 'lucide-react';
import { useState } from 'react';
import { createWebhook, deleteWebhook, replaceWebhook, rotateSecret, webhooksQuery } from '@/api/hooks';
import type { NewWebhook, Webhook } from '@/api/types';
import { Button } from '@/components/Button';
import { Blank, Notice } from '@/components/Notice';
import { Sheet } from '@/components/Sheet';
import { Skeleton } from '@/components/Skeleton';
import { HookCard } from '@/features/webhooks/HookCard';
import { HookForm } from '@/features/webhooks/HookForm';
import { SecretSheet } from '@/features/webhooks/SecretSheet';
import { SectionHead } from './SectionHead';

const OVERLAP_HOURS = 24;

/** Who outside is told what happens, and how that goes. */
export function WebhooksPage() {
  const list = useQuery(webhooksQuery);
  const client = useQueryClient();
  const [editing, edit] = useState<Webhook | 'new'>();
  const [secret, showSecret] = useState<string>();
  const done = (): void => void client.invalidateQueries({ queryKey: ['webhooks'] });
  const save = useMutation({
    mutationFn: async (hook: NewWebhook) => {
      if (editing === 'new' || !editing) return (await createWebhook(hook)).secret;
      await replaceWebhook(editing.id, hook);
      return undefined;
    },
    onSuccess: (made) => {
      edit(undefined);
      showSecret(made);
    },
    onSettled: done,
  });
  const rotate = useMutation({
    mutationFn: (id: string) => rotateSecret(id, OVERLAP_HOURS),
    onSuccess: (made) => showSecret(made.secret),
    onSettled: done,
  });
  const remove = useMutation({ mutationFn: deleteWebhook, onSettled: done });
  const start = (hook: Webhook | 'new'): void => {
    save.reset();
    edit(hook);
  };
  const create = (
    <Button look="main" onClick={() => start('new')}>
      New webhook
    </Button>
  );
  const problem = list.error ?? rotate.error ?? remove.error;
  return (
    <>
      <SectionHead title="Webhooks" action={list.data?.length ? create : undefined}>
        Tell other programs, a channel or people what happens in this project.
      </SectionHead>
      {problem && (
        <Notice tone="error" className="mb-3">
          {problem.message}
        </Notice>
      )}
      {list.isPending && <Skeleton lines={5} />}
      {list.data?.length === 0 && (
        <Blank icon={<WebhookIcon size={30} aria-hidden />} title="Nobody is told yet" action={create}>
          A webhook gets a signed request when an execution completes or fails, an explanation is ready or an
          alert fires. Slack channels and e-mail work, too.
        </Blank>
      )}
      <ul className="flex flex-col gap-3">
        {list.data?.map((hook) => (
          <HookCard
            key={hook.id}
            hook={hook}
            actions={
              <>
                <Button onClick={() => start(hook)}>Edit</Button>
                {hook.kind === 'webhook' && (
                  <Button
                    onClick={() =>
                      confirm(
                        `Give “${hook.name}” a new secret? The old one signs for ${OVERLAP_HOURS} more hours.`,
                      ) && rotate.mutate(hook.id)
                    }
                  >
                    New secret
                  </Button>
                )}
                <Button
                  look="quiet"
                  onClick={() => confirm(`Delete “${hook.name}” and its log?`) && remove.mutate(hook.id)}
                >
                  Delete
                </Button>
              </>
            }
          />
        ))}
      </ul>
      <Sheet
        title={editing === 'new' ? 'New webhook' : 'Edit webhook'}
        open={editing !== undefined}
        onClose={() => edit(undefined)}
      >
        <HookForm
          hook={editing === 'new' ? undefined : editing}
          error={save.error}
          busy={save.isPending}
          onSave={(hook) => save.mutate(hook)}
          onCancel={() => edit(undefined)}
        />
      </Sheet>
      <SecretSheet secret={secret} onClose={() => showSecret(undefined)} />
    </>
  );
}
