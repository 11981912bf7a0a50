import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '@/api/queries';
import { base } from '@/lib/base';
import { SectionHead } from './SectionHead';

/** What one is connected to, and as whom. */
export function ServerPage() {
  const session = useQuery(sessionQuery).data;
  if (!session) return null;
  const rows: ReadonlyArray<[name: string, value: string]> = [
    ['Version', session.version],
    ['Project', session.projectId],
    ['Access', session.user ? (session.role ?? 'none') : session.scope],
    ['Explained by', session.reasoning.model ?? 'computed facts, no model'],
  ];
  return (
    <>
      <SectionHead title="This server">What you are connected to, and what you may do there.</SectionHead>
      <dl className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
        {rows.map(([name, value]) => (
          <div key={name} className="flex gap-4 px-4 py-2.5 max-sm:flex-col max-sm:gap-0.5">
            <dt className="w-36 shrink-0 text-ink-2">{name}</dt>
            <dd className="min-w-0 [overflow-wrap:anywhere]">
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-4 flex gap-4 text-sm">
        <a href={`${base}/api/docs`} className="font-medium text-accent hover:underline">
          API reference
        </a>
        <a href={`${base}/licenses.txt`} className="text-ink-2 hover:underline">
          Licences
        </a>
      </p>
    </>
  );
}
