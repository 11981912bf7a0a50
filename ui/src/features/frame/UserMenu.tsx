import { LogOut, UserRound, Users } from 'lucide-react';
import type { Session } from '@/api/types';
import { ActionMenu } from '@/components/Menu';

export interface UserActs {
  onAccount: () => void;
  /** Absent for who may not see the members. */
  onMembers: (() => void) | undefined;
  onSignOut: () => void;
}

/** Who is signed in, and the way out. */
export function UserMenu({ user, acts }: { user: NonNullable<Session['user']>; acts: UserActs }) {
  return (
    <ActionMenu
      label={
        <>
          <span className="block truncate text-sm font-medium text-ink">{user.name}</span>
          <span className="block truncate text-xs text-ink-3">{user.email}</span>
        </>
      }
      actions={[
        { label: 'Your account', icon: <UserRound size={13} aria-hidden />, onSelect: acts.onAccount },
        ...(acts.onMembers
          ? [{ label: 'Members', icon: <Users size={13} aria-hidden />, onSelect: acts.onMembers }]
          : []),
        { label: 'Sign out', icon: <LogOut size={13} aria-hidden />, onSelect: acts.onSignOut },
      ]}
    >
      <button
        type="button"
        className="inline-flex size-7 items-center justify-center rounded-full bg-accent-soft text-[11px] font-semibold text-accent hover:brightness-105"
      >
        <span aria-hidden>{initials(user.name)}</span>
        <span className="sr-only">You: {user.name}</span>
      </button>
    </ActionMenu>
  );
}

/** Of `Ada King Lovelace` AL. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('') || '?';
}
