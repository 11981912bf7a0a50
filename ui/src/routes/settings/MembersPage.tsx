import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import {
  type Invitation,
  invitationsQuery,
  type Member,
  membersQuery,
  organisationQuery,
  type ProjectRole,
  type Role,
  revokeInvitation,
} from '@/api/account';
import { projectsQuery, sessionQuery } from '@/api/queries';
import { Button } from '@/components/Button';
import { Notice } from '@/components/Notice';
import { Skeleton } from '@/components/Skeleton';
import { InviteSheet } from '@/features/account/InviteSheet';
import { MemberSheet } from '@/features/account/MemberSheet';
import { roleLabel } from '@/features/account/roles';
import { age } from '@/lib/format';
import { Problem } from '../Problem';
import { OrganisationName } from './OrganisationName';
import { SectionHead } from './SectionHead';

/** Who may do what, and who is invited. */
export function MembersPage() {
  const session = useQuery(sessionQuery).data;
  const members = useQuery(membersQuery);
  const organisation = useQuery(organisationQuery).data;
  const projects = useQuery(projectsQuery).data?.map((p) => p.projectId) ?? [];
  const [inviting, setInviting] = useState(false);
  const [editing, setEditing] = useState<Member>();
  const mine = session?.organisationRole;
  const manages = mine === 'owner' || mine === 'admin';
  return (
    <>
      <SectionHead
        title="Members"
        action={
          manages && (
            <Button look="main" onClick={() => setInviting(true)}>
              <UserPlus size={14} aria-hidden />
              Invite
            </Button>
          )
        }
      >
        Who may see and change what in {organisation?.name ?? 'the organisation'}. A role holds in all
        projects, unless somebody has another one in a project.
      </SectionHead>
      {mine === 'owner' && organisation && <OrganisationName name={organisation.name} />}
      {members.isError ? (
        <Problem error={members.error} what="list of members" onRetry={() => void members.refetch()} />
      ) : members.data ? (
        <ul aria-label="Members" className="divide-y divide-line rounded-lg border border-line bg-surface">
          {members.data.map((m) => (
            <MemberRow
              key={m.user.id}
              member={m}
              me={m.user.id === session?.user?.id}
              onEdit={manages ? () => setEditing(m) : undefined}
            />
          ))}
        </ul>
      ) : (
        <Skeleton lines={5} />
      )}
      {manages && <Invitations />}
      <InviteSheet open={inviting} onClose={() => setInviting(false)} projects={projects} mine={mine} />
      <MemberSheet member={editing} onClose={() => setEditing(undefined)} projects={projects} mine={mine} />
    </>
  );
}

function MemberRow({
  member,
  me,
  onEdit,
}: {
  member: Member;
  me: boolean;
  onEdit: (() => void) | undefined;
}) {
  const { user, lastLoginAt } = member;
  return (
    <li className="flex items-center gap-3 px-4 py-2.5 text-sm">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">
          <bdi>{user.name}</bdi>
          {me && <span className="ml-1.5 text-xs font-normal text-ink-3">you</span>}
        </p>
        <p className="truncate text-xs text-ink-3">
          {user.email} ·{' '}
          {lastLoginAt ? `signed in ${age(Date.parse(lastLoginAt), Date.now())}` : 'never signed in'}
        </p>
      </div>
      <RoleWords role={member.role} projects={member.projects} />
      {onEdit && (
        <Button onClick={onEdit} aria-label={`Change ${user.name}`}>
          Change
        </Button>
      )}
    </li>
  );
}

function RoleWords({ role, projects }: { role: Role; projects: readonly ProjectRole[] }) {
  const other = projects.map((p) => `${p.projectId}: ${p.role === 'none' ? 'kept out' : roleLabel(p.role)}`);
  return (
    <div className="max-w-[45%] text-right">
      <p>{roleLabel(role)}</p>
      {other.length > 0 && (
        <p className="truncate text-xs text-ink-3" title={other.join(', ')}>
          {other.join(', ')}
        </p>
      )}
    </div>
  );
}

function Invitations() {
  const client = useQueryClient();
  const open = useQuery(invitationsQuery);
  const revoke = useMutation({
    mutationFn: revokeInvitation,
    onSuccess: () => client.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  });
  if (!open.data?.length) return null;
  return (
    <section aria-label="Open invitations" className="mt-8">
      <h2 className="mb-2 text-sm font-semibold">Open invitations</h2>
      {revoke.error && (
        <Notice tone="error" className="mb-2">
          {revoke.error.message}
        </Notice>
      )}
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
        {open.data.map((i) => (
          <InvitationRow key={i.id} invitation={i} onRevoke={() => revoke.mutate(i.id)} />
        ))}
      </ul>
    </section>
  );
}

function InvitationRow({ invitation: i, onRevoke }: { invitation: Invitation; onRevoke: () => void }) {
  return (
    <li className="flex items-center gap-3 px-4 py-2.5 text-sm">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{i.email}</p>
        <p className="truncate text-xs text-ink-3">
          by {i.invitedBy}, until {new Date(i.expiresAt).toLocaleDateString()}
        </p>
      </div>
      <RoleWords role={i.role} projects={i.projects} />
      <Button onClick={onRevoke} aria-label={`Revoke the invitation of ${i.email}`}>
        Revoke
      </Button>
    </li>
  );
}
