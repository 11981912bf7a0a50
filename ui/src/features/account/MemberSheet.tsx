import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Member, membersQuery, type Role, removeMember, resetLink, setMember } from '@/api/account';
import { Button } from '@/components/Button';
import { Notice } from '@/components/Notice';
import { Sheet } from '@/components/Sheet';
import { OnceLink } from './OnceLink';
import { RoleFields } from './RoleFields';

/** What can be done about one member. */
export function MemberSheet({
  member,
  onClose,
  projects,
  mine,
}: {
  member: Member | undefined;
  onClose: () => void;
  projects: readonly string[];
  mine: Role | undefined;
}) {
  return (
    <Sheet title={member?.user.name ?? 'Member'} open={member !== undefined} onClose={onClose}>
      {member && (
        <MemberForm key={member.user.id} member={member} onClose={onClose} projects={projects} mine={mine} />
      )}
    </Sheet>
  );
}

function MemberForm({
  member,
  onClose,
  projects,
  mine,
}: {
  member: Member;
  onClose: () => void;
  projects: readonly string[];
  mine: Role | undefined;
}) {
  const client = useQueryClient();
  const [role, setRole] = useState(member.role);
  const [roles, setRoles] = useState(member.projects);
  const [sure, setSure] = useState(false);
  const { id, email } = member.user;
  const changed = {
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: membersQuery.queryKey });
      onClose();
    },
  };
  const save = useMutation({
    mutationFn: () => setMember(id, { role, projects: role === 'owner' || role === 'admin' ? [] : roles }),
    ...changed,
  });
  const remove = useMutation({ mutationFn: () => removeMember(id), ...changed });
  const reset = useMutation({ mutationFn: () => resetLink(id) });
  const problem = save.error ?? remove.error ?? reset.error;
  if (member.role === 'owner' && mine !== 'owner') {
    return <p className="text-sm text-ink-2">Only owners change and remove owners.</p>;
  }
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <p className="-mt-2 text-sm text-ink-2">{email}</p>
      {problem && <Notice tone="error">{problem.message}</Notice>}
      <RoleFields
        role={role}
        onRole={setRole}
        roles={roles}
        onRoles={setRoles}
        projects={projects}
        mine={mine}
      />
      {reset.data && <OnceLink link={reset.data}>{`With this link ${email} sets a new password.`}</OnceLink>}
      {sure && (
        <Notice
          tone="warn"
          action={
            <Button onClick={() => remove.mutate()} disabled={remove.isPending}>
              Remove
            </Button>
          }
        >
          {member.user.name} is signed out at once and loses the account. What they wrote stays.
        </Notice>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button look="quiet" onClick={() => setSure(true)} disabled={sure}>
          Remove…
        </Button>
        <Button look="quiet" onClick={() => reset.mutate()} disabled={reset.isPending}>
          Link for a new password
        </Button>
        <Button type="submit" look="main" className="ml-auto" disabled={save.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}
