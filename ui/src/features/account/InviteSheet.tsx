import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { invitationsQuery, invite, type ProjectRole, type Role } from '@/api/account';
import { Button } from '@/components/Button';
import { TextField } from '@/components/Field';
import { Notice } from '@/components/Notice';
import { Sheet } from '@/components/Sheet';
import { OnceLink } from './OnceLink';
import { RoleFields } from './RoleFields';

/** Invites somebody by a link. */
export function InviteSheet({
  open,
  onClose,
  projects,
  mine,
}: {
  open: boolean;
  onClose: () => void;
  projects: readonly string[];
  mine: Role | undefined;
}) {
  return (
    <Sheet title="Invite somebody" open={open} onClose={onClose}>
      <InviteForm projects={projects} mine={mine} onClose={onClose} />
    </Sheet>
  );
}

function InviteForm({
  projects,
  mine,
  onClose,
}: {
  projects: readonly string[];
  mine: Role | undefined;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('member');
  const [roles, setRoles] = useState<ProjectRole[]>([]);
  const make = useMutation({
    mutationFn: () => invite({ email, role, projects: role === 'owner' || role === 'admin' ? [] : roles }),
    onSuccess: () => client.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  });
  if (make.isSuccess) {
    return (
      <div className="flex flex-col gap-4">
        <OnceLink link={make.data}>{`Send this link to ${email}.`}</OnceLink>
        <Button look="main" className="self-end" onClick={onClose}>
          Done
        </Button>
      </div>
    );
  }
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      {make.error && <Notice tone="error">{make.error.message}</Notice>}
      <TextField
        label="E-mail"
        type="email"
        required
        autoComplete="off"
        value={email}
        onChange={(e) => setEmail(e.target.value)}
        hint="X-Ray sends no mail: you get a link to hand over."
      />
      <RoleFields
        role={role}
        onRole={setRole}
        roles={roles}
        onRoles={setRoles}
        projects={projects}
        mine={mine}
      />
      <Button type="submit" look="main" className="self-end" disabled={make.isPending}>
        Make the link
      </Button>
    </form>
  );
}
