import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Suspense } from 'react';
import { sessionQuery } from '@/api/queries';
import { Blank } from '@/components/Notice';
import { Scroll } from '@/components/Scroll';
import { Skeleton } from '@/components/Skeleton';
import { cx } from '@/lib/cx';
import { Problem } from '../Problem';
import { SECTIONS, type Section } from './sections';

const route = getRouteApi('/settings/{-$section}');

/** The frame of the settings: what there is to the left, the chosen page beside it. */
export function SettingsPage() {
  const { section } = route.useParams();
  const session = useQuery(sessionQuery);
  if (session.isError) {
    return <Problem error={session.error} what="settings" onRetry={() => void session.refetch()} />;
  }
  if (!session.data) return <Skeleton lines={8} className="p-6" />;
  const { data } = session;
  const offered = SECTIONS.filter((s) => s.offered(data));
  const shown = section === undefined ? offered[0] : offered.find((s) => s.id === section);
  return (
    <div className="flex min-h-0 flex-1 max-md:flex-col">
      <SectionList sections={offered} shown={shown?.id} />
      <Scroll key={shown?.id ?? 'none'} name={shown?.label ?? 'Settings'} className="flex-1 bg-canvas">
        {shown ? (
          <div className={cx('mx-auto p-6 max-sm:p-4', shown.wide ? 'max-w-6xl' : 'max-w-3xl')}>
            <Suspense fallback={<Skeleton lines={6} />}>
              <shown.page />
            </Suspense>
          </div>
        ) : (
          <Blank title="There is no such page">
            This server has no such setting, or your key does not reach it.
          </Blank>
        )}
      </Scroll>
    </div>
  );
}

/** The row of a narrow screen holds more than it shows. */
function inSight(link: HTMLElement | null): void {
  link?.scrollIntoView({ block: 'nearest', inline: 'center' });
}

/** A column beside the page; on a narrow screen a row above it. */
function SectionList({ sections, shown }: { sections: readonly Section[]; shown: string | undefined }) {
  const groups = Map.groupBy(sections, (s) => s.group);
  return (
    <nav
      aria-label="Settings"
      className="flex w-52 shrink-0 flex-col gap-4 overflow-auto border-r border-line bg-surface p-3 max-md:w-full max-md:flex-row max-md:border-r-0 max-md:border-b max-md:p-2"
    >
      {[...groups].map(([group, members]) => (
        <div key={group} className="shrink-0">
          <h2 className="eyebrow px-2 pb-1 max-md:sr-only">{group}</h2>
          <ul className="flex flex-col gap-0.5 max-md:flex-row">
            {members.map(({ id, label, icon: Icon }) => (
              <li key={id}>
                <Link
                  to="/settings/{-$section}"
                  params={{ section: id }}
                  aria-current={id === shown ? 'page' : undefined}
                  ref={id === shown ? inSight : undefined}
                  className="flex h-8 items-center gap-2 rounded-md px-2 text-sm whitespace-nowrap text-ink-2 hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent"
                >
                  <Icon size={15} aria-hidden />
                  {label}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
