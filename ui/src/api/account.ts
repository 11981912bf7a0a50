import { queryOptions } from '@tanstack/react-query';
import { base } from '@/lib/base';
import { client, nothing, take } from './client';
import type { components } from './schema.gen';

type Schemas = components['schemas'];

export type Role = Schemas['Role'];
export type ProjectRole = Schemas['ProjectRole'];
export type Person = Schemas['Person'];
export type Account = Schemas['Account'];
export type LoginMethods = Schemas['LoginMethods'];
export type LoginSession = Schemas['LoginSession'];
export type Member = Schemas['Member'];
export type Invitation = Schemas['Invitation'];
export type InvitationOffer = Schemas['InvitationOffer'];

/** How one can sign in; asked anew each time, for it changes with the first owner. */
export const loginMethodsQuery = queryOptions({
  queryKey: ['login methods'] as const,
  queryFn: ({ signal }) => take(client.GET('/api/account/login', { signal })),
  staleTime: 0,
});

export const accountQuery = queryOptions({
  queryKey: ['account'] as const,
  queryFn: ({ signal }) => take(client.GET('/api/account', { signal })),
});

export const loginSessionsQuery = queryOptions({
  queryKey: ['login sessions'] as const,
  queryFn: async ({ signal }) => (await take(client.GET('/api/account/sessions', { signal }))).sessions,
  staleTime: 0,
});

export const membersQuery = queryOptions({
  queryKey: ['members'] as const,
  queryFn: async ({ signal }) => (await take(client.GET('/api/members', { signal }))).members,
  staleTime: 0,
});

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'] as const,
  queryFn: async ({ signal }) => (await take(client.GET('/api/invitations', { signal }))).invitations,
  staleTime: 0,
});

export const organisationQuery = queryOptions({
  queryKey: ['organisation'] as const,
  queryFn: ({ signal }) => take(client.GET('/api/organisation', { signal })),
});

export const logIn = (body: Schemas['PasswordLogin']): Promise<Person> =>
  take(client.POST('/api/account/login', { body }));

export const setUp = (body: Schemas['SetUp']): Promise<Person> =>
  take(client.POST('/api/account/setup', { body }));

export const readInvitation = (token: string): Promise<InvitationOffer> =>
  take(client.POST('/api/account/invitation', { body: { token } }));

export const join = (body: Schemas['Join']): Promise<Person> =>
  take(client.POST('/api/account/join', { body }));

export const resetPassword = (body: Schemas['ResetPassword']): Promise<Person> =>
  take(client.POST('/api/account/reset', { body }));

export const logOut = (): Promise<void> => nothing(client.POST('/api/account/logout'));

export const logOutEverywhere = (): Promise<void> => nothing(client.POST('/api/account/logout-everywhere'));

export const rename = (name: string): Promise<void> =>
  nothing(client.PATCH('/api/account', { body: { name } }));

export const changePassword = (body: Schemas['PasswordChange']): Promise<void> =>
  nothing(client.POST('/api/account/password', { body }));

export const endSession = (id: string): Promise<void> =>
  nothing(client.DELETE('/api/account/sessions/{id}', { params: { path: { id } } }));

export const setMember = (id: string, body: Schemas['Roles']): Promise<Member> =>
  take(client.PUT('/api/members/{id}', { params: { path: { id } }, body }));

export const removeMember = (id: string): Promise<void> =>
  nothing(client.DELETE('/api/members/{id}', { params: { path: { id } } }));

export const resetLink = async (id: string): Promise<string> =>
  (await take(client.POST('/api/members/{id}/reset-link', { params: { path: { id } } }))).link;

export const invite = async (body: Schemas['NewInvitation']): Promise<string> =>
  (await take(client.POST('/api/invitations', { body }))).link;

export const revokeInvitation = (id: string): Promise<void> =>
  nothing(client.DELETE('/api/invitations/{id}', { params: { path: { id } } }));

export const renameOrganisation = (name: string): Promise<{ name: string }> =>
  take(client.PATCH('/api/organisation', { body: { name } }));

export const createProject = (projectId: string): Promise<unknown> =>
  take(client.POST('/api/projects', { body: { projectId } }));

export const renameProject = (id: string, projectId: string): Promise<unknown> =>
  take(client.PATCH('/api/projects/{id}', { params: { path: { id } }, body: { projectId } }));

/** The address at which the provider's sign-in begins; it comes back to this path, or to where the page is. */
export function providerLink(back?: string): string {
  const { pathname, search } = window.location;
  const path = back ?? pathname.slice(base.length) + search; // the server knows its base
  return `${base}/api/account/oidc?back=${encodeURIComponent(path)}`;
}
