import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Account, accountQuery, changePassword, rename } from '@/api/account';
import { sessionQuery } from '@/api/queries';
import { Button } from '@/components/Button';
import { PasswordField, TextField } from '@/components/Field';
import { Notice } from '@/components/Notice';
import { Skeleton } from '@/components/Skeleton';
import { NewPassword } from '@/features/account/NewPassword';
import { roleLabel } from '@/features/account/roles';
import { Problem } from '../Problem';
import { LoginSessions } from './LoginSessions';
import { SectionHead } from './SectionHead';

/** What is the person's own: name, password, and where they are signed in. */
export function AccountPage() {
  const account = useQuery(accountQuery);
  if (account.isError) {
    return <Problem error={account.error} what="account" onRetry={() => void account.refetch()} />;
  }
  return (
    <>
      <SectionHead title="Your account">
        {account.data &&
          `${account.data.user.email}, ${roleLabel(account.data.role).toLowerCase()} of ${account.data.organisation}`}
      </SectionHead>
      {account.data ? (
        <div className="flex flex-col gap-9">
          <NameForm account={account.data} />
          <PasswordForm account={account.data} />
          <LoginSessions />
        </div>
      ) : (
        <Skeleton lines={6} />
      )}
    </>
  );
}

function NameForm({ account }: { account: Account }) {
  const client = useQueryClient();
  const [name, setName] = useState(account.user.name);
  const save = useMutation({
    mutationFn: () => rename(name),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: accountQuery.queryKey }),
        client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
      ]),
  });
  return (
    <form
      className="flex max-w-sm flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {save.error && <Notice tone="error">{save.error.message}</Notice>}
      <div className="flex items-end gap-2">
        <div className="flex-1">
          <TextField
            label="Name"
            autoComplete="name"
            value={name}
            onChange={(e) => setName(e.target.value)}
          />
        </div>
        <Button
          type="submit"
          className="h-9"
          disabled={save.isPending || !name.trim() || name.trim() === account.user.name}
        >
          Save
        </Button>
      </div>
    </form>
  );
}

function PasswordForm({ account }: { account: Account }) {
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const save = useMutation({
    mutationFn: () => changePassword({ current, password }),
    onSuccess: () => {
      setCurrent('');
      setPassword('');
      return client.invalidateQueries();
    },
  });
  return (
    <section aria-label="Password">
      <h2 className="mb-3 text-sm font-semibold">Password</h2>
      <form
        className="flex max-w-sm flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {/* Password managers want to know whose it is. */}
        <input type="hidden" autoComplete="username" value={account.user.email} readOnly />
        {save.error && <Notice tone="error">{save.error.message}</Notice>}
        {save.isSuccess && <Notice tone="info">Changed. You are signed out everywhere else.</Notice>}
        {account.hasPassword ? (
          <PasswordField
            label="Present password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(e) => setCurrent(e.target.value)}
          />
        ) : (
          <p className="text-sm text-ink-2">You sign in with {account.provider} and have no password here.</p>
        )}
        <NewPassword label="New password" value={password} onChange={setPassword} />
        <Button type="submit" className="self-start" disabled={save.isPending || !password}>
          {account.hasPassword ? 'Change the password' : 'Set a password'}
        </Button>
      </form>
    </section>
  );
}
