import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { loginMethodsQuery } from '@/api/account';
import { apiKey, setApiKey } from '@/api/key';
import { Blank } from '@/components/Notice';
import { DoorCard, DoorLink } from '@/features/account/DoorCard';
import { JoinForm } from '@/features/account/JoinForm';
import { KeyForm } from '@/features/account/KeyForm';
import { LoginForm } from '@/features/account/LoginForm';
import { ResetForm } from '@/features/account/ResetForm';
import { SetUpForm } from '@/features/account/SetUpForm';

/** A sign-in with the provider ends at /login?problem=CODE; no text of an address is ever shown. */
const PROBLEMS: Record<string, string> = {
  forbidden:
    'Your account there has no access here, or its e-mail address is not verified: ask an owner or admin for an invitation.',
  conflict:
    'Your e-mail address belongs to another account of the provider: ask an owner or admin to remove and invite it again.',
  limit: 'Too many tries that were wrong: wait a minute and try again.',
  unavailable: 'The provider does not answer: try again in a moment, or sign in with a password.',
};

/**
 * What stands before everything else: signing in, or one of the links that
 * make somebody of nobody. The secret of a link follows its #, so that it
 * reaches no server's log.
 */
export function Door({
  path,
  refused,
  onDone,
  onLogin,
}: {
  path: string;
  /** Why the server did not take the key that is in use. */
  refused: string | undefined;
  /** Somebody is known now; home is true where the page itself was a door. */
  onDone: () => void;
  /** From the page of a link to that of signing in. */
  onLogin: () => void;
}) {
  const methods = useQuery(loginMethodsQuery);
  const [byKey, setByKey] = useState(Boolean(apiKey()));
  const done = (): void => {
    setApiKey(undefined); // who signs in is not who had the key
    onDone();
  };
  if (methods.isPending) return null;
  if (methods.data?.local && path !== '') {
    return (
      <DoorCard
        title="Nobody has to sign in here"
        intro="This server is in local mode: only this machine reaches it."
        footer={<DoorLink onClick={onDone}>To the executions</DoorLink>}
      />
    );
  }
  const token = window.location.hash.slice(1);
  if (path !== '' && path !== '/login') {
    if (methods.data?.refused) return <Blank title="Not from here">{methods.data.refused}</Blank>;
    if (path === '/setup') return <SetUpForm token={token} onDone={done} />;
    if (path === '/join') return <JoinForm token={token} onDone={done} onLogin={onLogin} />;
    return <ResetForm token={token} onDone={done} onLogin={onLogin} />;
  }
  if (byKey || !methods.data || methods.data.setup) {
    return (
      <KeyForm
        refused={apiKey() ? refused : undefined}
        setup={methods.data?.setup ?? false}
        onKey={(key, remember) => {
          setApiKey(key, remember);
          onDone();
        }}
        onLogin={methods.data && !methods.data.setup ? () => setByKey(false) : undefined}
      />
    );
  }
  const code = path === '/login' ? new URLSearchParams(window.location.search).get('problem') : null;
  return (
    <LoginForm
      methods={methods.data}
      problem={code ? (PROBLEMS[code] ?? 'The sign-in did not end well: begin again.') : undefined}
      back={path === '' ? undefined : '/executions'}
      onDone={done}
      onKey={() => setByKey(true)}
    />
  );
}
