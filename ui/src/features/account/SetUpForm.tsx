import { useState } from 'react';
import { setUp } from '@/api/account';
import { Button } from '@/components/Button';
import { TextField } from '@/components/Field';
import { DoorCard } from './DoorCard';
import { NewPassword } from './NewPassword';
import { useAttempt } from './useAttempt';

/** Makes the first owner of a new server. */
export function SetUpForm({ token, onDone }: { token: string; onDone: () => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [organisation, setOrganisation] = useState('');
  const [password, setPassword] = useState('');
  const attempt = useAttempt(() => setUp({ token, name, email, password, organisation }), onDone);
  return (
    <DoorCard
      title="Set up this server"
      intro="You become its owner, and invite the others."
      problem={attempt.problem}
      onSubmit={attempt.run}
    >
      <TextField
        label="Organisation"
        autoComplete="organization"
        value={organisation}
        onChange={(e) => setOrganisation(e.target.value)}
        hint="Whom this server belongs to; you can change it later."
      />
      <TextField
        label="Your name"
        autoComplete="name"
        required
        value={name}
        onChange={(e) => setName(e.target.value)}
      />
      <TextField
        label="E-mail"
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={(e) => setEmail(e.target.value)}
      />
      <NewPassword value={password} onChange={setPassword} />
      <Button type="submit" look="main" className="mt-1 h-9" disabled={attempt.busy}>
        {attempt.busy ? 'Setting up…' : 'Set up'}
      </Button>
    </DoorCard>
  );
}
