import { useState } from 'react';
import { resetPassword } from '@/api/account';
import { Button } from '@/components/Button';
import { DoorCard, DoorLink } from './DoorCard';
import { NewPassword } from './NewPassword';
import { useAttempt } from './useAttempt';

/** Sets a new password with a link that somebody was given. */
export function ResetForm({
  token,
  onDone,
  onLogin,
}: {
  token: string;
  onDone: () => void;
  onLogin: () => void;
}) {
  const [password, setPassword] = useState('');
  const attempt = useAttempt(() => resetPassword({ token, password }), onDone);
  return (
    <DoorCard
      title="Choose a new password"
      intro="You are signed out everywhere else then."
      problem={attempt.problem}
      onSubmit={attempt.run}
      footer={<DoorLink onClick={onLogin}>Sign in</DoorLink>}
    >
      <NewPassword label="New password" value={password} onChange={setPassword} />
      <Button type="submit" look="main" className="mt-1 h-9" disabled={attempt.busy}>
        {attempt.busy ? 'Setting…' : 'Set the password'}
      </Button>
    </DoorCard>
  );
}
