import { ChevronsUpDown, CircleHelp, KeyRound, Moon, Search, Sun, SunMoon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { LiveState } from '@/api/live';
import type { Session } from '@/api/types';
import { Button, IconButton } from '@/components/Button';
import { Kbd } from '@/components/Kbd';
import { ChoiceMenu } from '@/components/Menu';
import { LiveDot } from './LiveDot';
import type { Theme } from './theme';
import { type UserActs, UserMenu } from './UserMenu';

const THEMES: ReadonlyArray<{ value: Theme; label: string }> = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export interface TopBarProps {
  home: ReactNode;
  session: Session | undefined;
  projects: readonly string[];
  onProject: (project: string) => void;
  /** The time range; absent where the page has none. */
  time: ReactNode;
  live: LiveState;
  onLive: () => void;
  onHelp: () => void;
  onPalette: () => void;
  theme: Theme;
  onTheme: (theme: Theme) => void;
  /** Present when a key is in use. */
  onForgetKey: (() => void) | undefined;
  user: UserActs;
}

export function TopBar(props: TopBarProps) {
  const { home, session, projects, onProject, time, live, onLive, onHelp, onForgetKey } = props;
  const { onPalette, theme, onTheme, user } = props;
  return (
    <header className="flex h-11 shrink-0 items-center gap-1.5 border-b border-line bg-surface px-3">
      {home}
      <span aria-hidden className="mx-1 text-lg font-light text-line-strong max-sm:hidden">
        /
      </span>
      {session && <Project current={session.projectId} projects={projects} onProject={onProject} />}
      {time}
      <button
        type="button"
        onClick={onPalette}
        aria-keyshortcuts="Control+K Meta+K"
        className="ml-auto flex h-7 items-center gap-2 rounded-md border border-line bg-canvas px-2 text-xs text-ink-3 hover:border-line-strong hover:text-ink"
      >
        <Search size={13} aria-hidden />
        <span className="max-md:sr-only">Go to…</span>
        <span aria-hidden className="max-md:hidden">
          <Kbd>⌘K</Kbd>
        </span>
      </button>
      <LiveDot state={live} onToggle={onLive} />
      <ThemeMenu theme={theme} onTheme={onTheme} />
      {onForgetKey && (
        <IconButton name="Forget the API key" onClick={onForgetKey}>
          <KeyRound size={15} aria-hidden />
        </IconButton>
      )}
      <IconButton name="Help and keys" keys="?" onClick={onHelp}>
        <CircleHelp size={15} aria-hidden />
      </IconButton>
      {session?.user && <UserMenu user={session.user} acts={user} />}
    </header>
  );
}

function Project({
  current,
  projects,
  onProject,
}: {
  current: string;
  projects: readonly string[];
  onProject: (project: string) => void;
}) {
  if (projects.length < 2) {
    return (
      <span className="max-w-40 truncate px-1 text-sm font-medium" title="Project">
        {current}
      </span>
    );
  }
  return (
    <ChoiceMenu
      label="Project"
      choices={projects.map((value) => ({ value, label: value }))}
      value={current}
      onChoose={onProject}
    >
      <Button look="quiet" aria-label={`Project: ${current}`} className="max-w-44 text-ink!">
        <span className="truncate">{current}</span>
        <ChevronsUpDown size={12} aria-hidden className="text-ink-3" />
      </Button>
    </ChoiceMenu>
  );
}

function ThemeMenu({ theme, onTheme }: { theme: Theme; onTheme: (theme: Theme) => void }) {
  const Icon = theme === 'system' ? SunMoon : theme === 'light' ? Sun : Moon;
  return (
    <ChoiceMenu label="Theme" choices={THEMES} value={theme} onChoose={onTheme}>
      <button
        type="button"
        aria-label="Theme"
        className="inline-flex size-7 items-center justify-center rounded-md text-ink-2 hover:bg-hover hover:text-ink"
      >
        <Icon size={15} aria-hidden />
      </button>
    </ChoiceMenu>
  );
}
