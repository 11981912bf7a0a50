import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { Bell, ChartSpline, GitCompareArrows, ListTree, type LucideIcon, Settings } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { logOut } from '@/api/account';
import { isCode } from '@/api/client';
import { apiKey, chooseProject, chosenProject, setApiKey } from '@/api/key';
import { projectsQuery, sessionQuery } from '@/api/queries';
import type { Session } from '@/api/types';
import { Logo } from '@/components/Logo';
import { Notice } from '@/components/Notice';
import { TipProvider } from '@/components/Tip';
import { useHotkeys } from '@/components/useHotkeys';
import { useSequence } from '@/components/useSequence';
import { HelpSheet } from '@/features/frame/HelpSheet';
import { TopBar } from '@/features/frame/TopBar';
import { useTheme } from '@/features/frame/theme';
import { useLive } from './live';
import { hasTime, PageTime } from './PageTime';

// Most visits never see it.
const Door = lazy(async () => ({ default: (await import('./Door')).Door }));
const NoProject = lazy(async () => ({ default: (await import('./NoProject')).NoProject }));
const Commands = lazy(async () => ({ default: (await import('./Commands')).Commands }));

// Pages of their own, whoever is signed in.
const DOORS = ['/login', '/setup', '/join', '/reset'];

/** The frame around every page, and the door in front of it. */
export function Root() {
  const { live, state } = useLive();
  const client = useQueryClient();
  const navigate = useNavigate();
  const session = useQuery(sessionQuery);
  const projects = useQuery({ ...projectsQuery, enabled: session.isSuccess });
  const [help, setHelp] = useState(false);
  const [palette, setPalette] = useState(false);
  const [theme, setTheme] = useTheme();
  const path = useRouterState({ select: (s) => s.location.pathname });
  const timed = hasTime(path);
  const door = DOORS.includes(path);

  // The project that was chosen here is another's, or gone: take the usual one.
  const lost = isCode(session.error, 'not_found') && chosenProject() !== undefined;
  useEffect(() => {
    if (!lost) return;
    chooseProject(undefined);
    void client.resetQueries();
  }, [lost, client]);

  const homeless = isCode(session.error, 'forbidden') && apiKey() === undefined;
  const refused = isCode(session.error, 'unauthorized') || (isCode(session.error, 'forbidden') && !homeless);
  // The door stays shut while a key is tried: nothing behind it flashes by.
  const [trying, setTrying] = useState(false);
  if (refused && !trying) setTrying(true);
  if (session.isSuccess && trying) setTrying(false);
  const lockedOut = refused || trying || door || homeless;
  useEffect(() => {
    if (lockedOut) live.stop();
    else live.start();
  }, [live, lockedOut]);
  useHotkeys({
    '.': () => live.toggle(),
    '?': () => setHelp(true),
    'mod+k': () => setPalette(true),
  });
  useSequence('g', {
    e: () => void navigate({ to: '/executions' }),
    p: () => void navigate({ to: '/pipelines' }),
    c: () => void navigate({ to: '/compare' }),
    a: () => void navigate({ to: '/alerts' }),
    s: () => void navigate({ to: '/settings/{-$section}' }),
  });

  const settings = (section: string): void => {
    void navigate({ to: '/settings/{-$section}', params: { section } });
  };

  /** Another caller sees other data: nothing of the old may stay. */
  const startOver = (): void => {
    live.restart();
    void client.resetQueries();
  };

  const signOut = (): void => {
    // Whatever the answer: the page must not look as if somebody were there.
    void logOut()
      .catch(() => undefined)
      .finally(() => {
        chooseProject(undefined);
        live.stop();
        client.clear();
        void session.refetch();
      });
  };

  if (lockedOut) {
    return (
      <Suspense>
        {homeless && !door ? (
          <NoProject message={session.error?.message ?? ''} onSignOut={signOut} />
        ) : (
          <Door
            path={door ? path : ''}
            refused={session.error?.message}
            onDone={() => {
              if (door) void navigate({ to: '/executions', replace: true });
              startOver();
            }}
            onLogin={() => void navigate({ to: '/login', replace: true })}
          />
        )}
      </Suspense>
    );
  }
  return (
    <TipProvider delayDuration={350}>
      <div className="flex h-full flex-col">
        <a
          href="#main"
          className="sr-only rounded-md bg-accent-fill px-3 py-1.5 text-on-accent focus:not-sr-only focus:absolute focus:top-1.5 focus:left-1.5 focus:z-50"
        >
          Skip to the content
        </a>
        <TopBar
          home={<Home />}
          session={session.data}
          projects={projects.data?.map((p) => p.projectId) ?? []}
          onProject={(project) => {
            chooseProject(project);
            void navigate({ to: '/executions' });
            startOver();
          }}
          time={timed && <PageTime />}
          live={state}
          onLive={() => live.toggle()}
          onHelp={() => setHelp(true)}
          onPalette={() => setPalette(true)}
          theme={theme}
          onTheme={setTheme}
          onForgetKey={
            apiKey()
              ? () => {
                  setApiKey(undefined);
                  startOver();
                }
              : undefined
          }
          user={{
            onAccount: () => settings('account'),
            onMembers: mayManage(session.data) ? () => settings('members') : undefined,
            onSignOut: signOut,
          }}
        />
        <LostConnection lost={state === 'reconnecting'} />
        <div className="flex min-h-0 flex-1 max-sm:flex-col-reverse">
          <Rail />
          <main id="main" className="relative flex min-h-0 min-w-0 flex-1 flex-col">
            <Outlet />
          </main>
        </div>
      </div>
      {palette && (
        <Suspense>
          <Commands
            onClose={() => setPalette(false)}
            onTheme={setTheme}
            onHelp={() => setHelp(true)}
            live={state}
            onLive={() => live.toggle()}
          />
        </Suspense>
      )}
      <HelpSheet open={help} onClose={() => setHelp(false)} session={session.data} />
    </TipProvider>
  );
}

function mayManage(session: Session | undefined): boolean {
  return session?.organisationRole === 'owner' || session?.organisationRole === 'admin';
}

function Home() {
  return (
    <Link
      to="/executions"
      className="flex items-center gap-2 rounded-md pr-1"
      aria-label="X-Ray, to the executions"
    >
      <Logo />
      <span className="text-[15px] font-semibold tracking-[-0.02em] max-sm:hidden">X-Ray</span>
    </Link>
  );
}

function Rail() {
  return (
    <nav
      aria-label="Screens"
      className="flex w-[60px] shrink-0 flex-col items-center gap-1 border-r border-line bg-surface py-2 max-sm:w-full max-sm:flex-row max-sm:justify-around max-sm:border-t max-sm:border-r-0 max-sm:py-1"
    >
      <RailLink to="/executions" icon={ListTree} label="Executions" />
      <RailLink to="/pipelines" icon={ChartSpline} label="Pipelines" />
      <RailLink to="/compare" icon={GitCompareArrows} label="Compare" />
      <RailLink to="/alerts" icon={Bell} label="Alerts" />
      <RailLink to="/settings/{-$section}" icon={Settings} label="Settings" />
    </nav>
  );
}

function RailLink({
  to,
  icon: Icon,
  label,
}: {
  to: '/executions' | '/pipelines' | '/compare' | '/alerts' | '/settings/{-$section}';
  icon: LucideIcon;
  label: string;
}) {
  return (
    <Link
      to={to}
      className="flex w-[52px] sm:last:mt-auto max-sm:w-auto max-sm:flex-1 flex-col items-center gap-0.5 rounded-lg py-1.5 text-[9px] font-medium text-ink-2 hover:bg-hover hover:text-ink"
      activeProps={{ className: 'bg-accent-soft text-accent!' }}
    >
      <Icon size={17} aria-hidden />
      {label}
    </Link>
  );
}

const PATIENCE_MS = 1_500;

/** Said only when it lasts: a short break is not worth a banner. */
function LostConnection({ lost }: { lost: boolean }) {
  const [said, setSaid] = useState(false);
  useEffect(() => {
    if (!lost) {
      setSaid(false);
      return;
    }
    const timer = setTimeout(() => setSaid(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  if (!said) return null;
  return (
    <Notice tone="warn" className="rounded-none border-b border-line">
      The server does not answer. What you see is the last that was known; it goes on by itself when the
      server is back.
    </Notice>
  );
}
