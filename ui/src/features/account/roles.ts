import type { ProjectRole, Role } from '@/api/account';

/** What each role may do, the highest first. */
export const ROLES: ReadonlyArray<{ role: Role; label: string; words: string }> = [
  { role: 'owner', label: 'Owner', words: 'everything, also the organisation and other owners' },
  { role: 'admin', label: 'Admin', words: 'settings, keys, webhooks, alerts, limits and members' },
  { role: 'member', label: 'Member', words: 'looks, asks, explains, saves views, gives feedback' },
  { role: 'viewer', label: 'Viewer', words: 'looks' },
  { role: 'none', label: 'Guest', words: 'sees only the projects with a role of their own' },
];

export function roleLabel(role: Role): string {
  return ROLES.find((r) => r.role === role)?.label ?? role;
}

/** `You will be a viewer of all projects, and a member in shop.` */
export function roleSentence(role: Role, projects: readonly ProjectRole[]): string {
  const other = projects.filter((p) => p.role !== 'none').map((p) => `${article(p.role)} in ${p.projectId}`);
  const all = role === 'none' ? [] : [`${article(role)} of all projects`];
  const parts = [...all, ...other];
  if (parts.length === 0) return 'You will see no project yet.';
  return `You will be ${parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`}.`;
}

function article(role: Role): string {
  const word = roleLabel(role).toLowerCase();
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;
}

/** The roles that somebody may give: only owners make owners. */
export function givable(mine: Role | undefined): Role[] {
  return ROLES.map((r) => r.role).filter((r) => r !== 'owner' || mine === 'owner');
}
