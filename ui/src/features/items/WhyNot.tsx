import { CircleCheck, CircleHelp, CircleX, Crosshair, Search } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { WhyNot as Answer, Evidence } from '@/api/types';
import { Button } from '@/components/Button';
import { cx } from '@/lib/cx';
import { plural } from '@/lib/format';
import type { LinkItem } from './ItemLinks';
import { Stops } from './Stops';

const MATCHES = {
  exact: { icon: CircleCheck, word: 'It was there', className: 'text-accent' },
  near: { icon: CircleHelp, word: 'Not by this name', className: 'text-warn' },
  never: { icon: CircleX, word: 'Never retrieved', className: 'text-err' },
};

/** "Why is X not in the result?", for any X. */
export function WhyNot({
  asked,
  onAsk,
  children,
}: {
  asked: string | undefined;
  onAsk: (q: string | undefined) => void;
  /** The answer to what was asked, or how it is coming. */
  children: ReactNode;
}) {
  const [text, setText] = useState(asked ?? '');
  return (
    <div className="flex flex-col gap-3">
      <form
        className="flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          onAsk(text.trim() || undefined);
        }}
      >
        <label className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md border border-line-strong bg-canvas px-2.5 focus-within:border-ring">
          <Search size={13} aria-hidden className="shrink-0 text-ink-3" />
          <input
            type="search"
            dir="auto"
            value={text}
            maxLength={1000}
            onChange={(e) => {
              setText(e.target.value);
              if (e.target.value === '') onAsk(undefined);
            }}
            aria-label="Why is this not in the result?"
            placeholder="A name or a key that you miss"
            className="w-full min-w-0 bg-transparent text-sm outline-none"
          />
        </label>
        <Button type="submit" className="h-8" disabled={text.trim() === ''}>
          Why not?
        </Button>
      </form>
      {children}
    </div>
  );
}

/** Exact, near or never; and what was searched for, so that one sees why. */
export function WhyNotAnswer({
  answer: a,
  link,
  onEvidence,
}: {
  answer: Answer;
  link: LinkItem;
  onEvidence: (evidence: Evidence) => void;
}) {
  const { icon: Icon, word, className } = MATCHES[a.match];
  return (
    <section aria-label="Answer" className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-3">
      <div>
        <p className={cx('flex items-center gap-1.5 text-xs font-semibold', className)}>
          <Icon size={14} aria-hidden />
          {word}
        </p>
        <p dir="auto" className="mt-0.5 font-medium [overflow-wrap:anywhere]">
          {a.text}
        </p>
      </div>
      {a.passport && (
        <>
          <Stops stops={a.passport.stops} onEvidence={onEvidence} />
          <div className="text-sm">{link(a.passport)}</div>
        </>
      )}
      {a.near.length > 0 && (
        <Group title="Near it">
          {a.near.map((near) => (
            <li key={near.key} className="flex min-w-0 items-baseline gap-2">
              <div className="min-w-0 flex-1">{link(near)}</div>
              <span className="num shrink-0 text-xs text-ink-3">
                {Math.round(near.similarity * 100)}% alike
              </span>
            </li>
          ))}
        </Group>
      )}
      {a.mentions.length > 0 && (
        <Group title="Mentioned in">
          {a.mentions.map((m) => (
            <li key={`${m.stepId}${m.pointer}`}>
              <Place {...m} onEvidence={onEvidence} />
            </li>
          ))}
        </Group>
      )}
      {a.searches.length > 0 && (
        <Group title="What was searched for">
          {a.searches.map((s) => (
            <li key={`${s.stepId}${s.pointer}`} className="flex flex-wrap items-baseline gap-x-2">
              <q dir="auto" className="font-mono text-xs [overflow-wrap:anywhere]">
                {s.text}
              </q>
              <span className="num text-xs text-ink-3">found {plural(s.found, 'item')}</span>
              <Place {...s} onEvidence={onEvidence} />
            </li>
          ))}
        </Group>
      )}
    </section>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="eyebrow mb-1">{title}</h3>
      <ul className="flex flex-col gap-1 text-sm">{children}</ul>
    </div>
  );
}

function Place({
  stepId,
  name,
  pointer,
  onEvidence,
}: {
  stepId: string;
  name: string;
  pointer: string;
  onEvidence: (evidence: Evidence) => void;
}) {
  return (
    <button
      type="button"
      onClick={() => onEvidence({ stepId, pointer, quote: '' })}
      className="inline-flex max-w-full items-center gap-1.5 rounded text-xs text-ink-2 hover:text-ink hover:underline"
    >
      <Crosshair size={11} aria-hidden className="shrink-0 text-ink-3" />
      <bdi className="truncate font-medium">{name}</bdi>
      <span className="truncate font-mono text-2xs text-ink-3">{pointer}</span>
    </button>
  );
}
