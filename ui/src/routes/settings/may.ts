import type { Session } from '@/api/types';

/** Whether the caller may change settings of the project: a person by role, a key by scope. */
export function mayChange({ role, scope }: Session): boolean {
  return role ? role === 'owner' || role === 'admin' : scope === 'admin';
}

/** Why the caller may not, and what to do about it. */
export function whyNot({ role, user }: Session): string {
  return user && role
    ? `You are ${role} in this project and may look at this. To change it, ask an owner or admin for that role.`
    : 'Your key may look at this. To change it, use a key with the scope admin.';
}
