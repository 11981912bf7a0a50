import { LogIn } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type InvitationOffer, join, providerLink, readInvitation } from '@/api/account';
import { Button } from '@/components/Button';
import { TextField } from '@/components/Field';
import { Skeleton } from '@/components/Skeleton';
import { DoorCard, DoorLink } from './DoorCard';
import { NewPassword } from './NewPassword';
import { roleSentence } from './roles';
import { useAttempt } from './useAttempt';

/** Accepts an invitation. */
export function JoinForm({
  token,
  onDone,
  onLogin,
}: {
  token: string;
  onDone: () => void;
  onLogin: () => void;
}) {
  const [offer, setOffer] = useState<InvitationOffer>();
  const [unread, setUnread] = useState<string>();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const attempt = useAttempt(() => join({ token, name, password }), onDone);
  useEffect(() => {
    readInvitation(token).then(setOffer, (error: unknown) =>
      setUnread(error instanceof Error ? error.message : String(error)),
    );
  }, [token]);
  if (unread) {
    return (
      <DoorCard
        title="This invitation does not work"
        problem={unread}
        footer={<DoorLink onClick={onLogin}>Sign in</DoorLink>}
      />
    );
  }
  if (!offer) {
    return (
      <DoorCard title="Invitation">
        <Skeleton lines={4} />
      </DoorCard>
    );
  }
  return (
    <DoorCard
      title={`Join ${offer.organisation}`}
      intro={
        <>
          {offer.invitedBy} has invited you. {roleSentence(offer.role, offer.projects)}
        </>
      }
      problem={attempt.problem}
      onSubmit={attempt.run}
    >
      {offer.provider && (
        <a
          href={providerLink('/executions')}
          className="inline-flex h-9 items-center justify-center gap-1.5 rounded-md border border-line-strong bg-raised text-sm font-medium hover:bg-hover"
        >
          <LogIn size={14} aria-hidden />
          Join with {offer.provider}
        </a>
      )}
      <TextField label="E-mail" type="email" autoComplete="username" readOnly value={offer.email} />
      <TextField
        label="Your name"
        autoComplete="name"
        required
        value={name}
        onChange={(e) => setName(e.target.value)}
      />
      <NewPassword value={password} onChange={setPassword} />
      <Button type="submit" look="main" className="mt-1 h-9" disabled={attempt.busy}>
        {attempt.busy ? 'Joining…' : 'Join'}
      </Button>
    </DoorCard>
  );
}
