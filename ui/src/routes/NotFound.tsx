import { Link } from '@tanstack/react-router';
import { Blank } from '@/components/Notice';

export function NotFound() {
  return (
    <Blank
      title="There is nothing at this address"
      action={
        <Link to="/executions" className="font-medium text-accent hover:underline">
          To the executions
        </Link>
      }
    />
  );
}
