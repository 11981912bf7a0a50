import { Button } from '@/components/Button';
import { Blank } from '@/components/Notice';

/** Somebody is signed in and may see nothing. */
export function NoProject({ message, onSignOut }: { message: string; onSignOut: () => void }) {
  return (
    <main className="flex h-full items-center">
      <Blank
        title="There is no project for you yet"
        action={
          <>
            <Button onClick={() => window.location.reload()}>Look again</Button>
            <Button look="quiet" onClick={onSignOut}>
              Sign out
            </Button>
          </>
        }
      >
        {message}
      </Blank>
    </main>
  );
}
