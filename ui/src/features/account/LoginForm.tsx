import { LogIn } from 'lucide-react';
import { useState } from 'react';
import { type LoginMethods, logIn, providerLink } from '@/api/account';
import { Button } from '@/components/Button';
import { PasswordField, TextField } from '@/components/Field';
import { Notice } from '@/components/Notice';
import { DoorCard, DoorLink } from './DoorCard';
import { useAttempt } from './useAttempt';

/** Asks who is there. */
export function LoginForm({
  methods,
  problem,
  back,
  onDone,
  onKey,
}: {
  methods: LoginMethods;
  /** Of a sign-in with the provider that did not end well. */
  problem: string | undefined;
  /** The page that the provider's sign-in comes back to, if not this one. */
  back: string | undefined;
  onDone: () => void;
  onKey: () => void;
}) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const attempt = useAttempt(() => logIn({ email, password }), onDone);
  return (
    <DoorCard
      title="Sign in"
      problem={attempt.problem ?? problem}
      onSubmit={attempt.run}
      footer={<DoorLink onClick={onKey}>Use an API key instead</DoorLink>}
    >
      {methods.refused ? (
        <Notice tone="warn">{methods.refused}</Notice>
      ) : (
        <>
          {methods.provider && (
            <>
              <a
                href={providerLink(back)}
                className="inline-flex h-9 items-center justify-center gap-1.5 rounded-md border border-line-strong bg-raised text-sm font-medium hover:bg-hover"
              >
                <LogIn size={14} aria-hidden />
                Sign in with {methods.provider}
              </a>
              <div className="flex items-center gap-3 text-xs text-ink-3">
                <span aria-hidden className="h-px flex-1 bg-line" />
                or
                <span aria-hidden className="h-px flex-1 bg-line" />
              </div>
            </>
          )}
          <TextField
            label="E-mail"
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(e) => setEmail(e.target.value)}
          />
          <PasswordField
            label="Password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(e) => setPassword(e.target.value)}
          />
          <Button type="submit" look="main" className="h-9" disabled={attempt.busy}>
            {attempt.busy ? 'Signing in…' : 'Sign in'}
          </Button>
          <p className="text-xs text-ink-3">
            Forgotten? An owner or admin makes a link for a new password under Settings, Members.
          </p>
        </>
      )}
    </DoorCard>
  );
}
