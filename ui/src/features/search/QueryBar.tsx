import { Search, X } from 'lucide-react';
import { type KeyboardEvent, type Ref, useId, useLayoutEffect, useRef, useState } from 'react';
import type { QueryError } from '@/api/types';
import { Kbd } from '@/components/Kbd';
import { cx } from '@/lib/cx';
import type { Completion } from './completions';
import { Options } from './Options';
import { painted } from './paint';
import { replaced } from './terms';

/** The text being edited, and where its caret is. */
export interface Draft {
  text: string;
  caret: number;
}

/** What the executions must hold, in words: completed while typed, and marked where it is wrong. */
export function QueryBar({
  input,
  draft,
  onDraft,
  onSubmit,
  options,
  errors,
  onFocus,
}: {
  input: Ref<HTMLInputElement>;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  onSubmit: (text: string) => void;
  options: readonly Completion[];
  errors: readonly QueryError[];
  onFocus: () => void;
}) {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const paper = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const shown = open && options.length > 0;
  const at = shown ? Math.min(active, options.length - 1) : -1;

  // The browser puts the caret to the end when the text is set from outside.
  useLayoutEffect(() => {
    const field = box.current;
    if (field && document.activeElement === field && field.selectionStart !== draft.caret) {
      field.setSelectionRange(draft.caret, draft.caret);
    }
    if (field && paper.current) paper.current.scrollLeft = field.scrollLeft;
  }, [draft]);

  const edit = (next: Draft): void => {
    setActive(-1);
    onDraft(next);
  };
  const accept = (option: Completion): void => {
    const next = replaced(draft.text, option, option.insert);
    if (option.whole) {
      edit({ text: `${next.text.trim()} `, caret: next.text.trim().length + 1 });
      setOpen(false);
      onSubmit(next.text);
    } else edit(next);
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const acts: Record<string, () => void> = {
      ArrowDown: () => {
        setOpen(true);
        setActive(shown ? (at + 1) % options.length : 0);
      },
      ArrowUp: () => shown && setActive(at <= 0 ? options.length - 1 : at - 1),
      Enter: () => {
        const option = options[at];
        if (option) return accept(option);
        setOpen(false);
        onSubmit(draft.text);
      },
      Escape: () => (shown ? setOpen(false) : box.current?.blur()),
    };
    const chosen = options[Math.max(0, at)];
    if (shown && chosen && !event.shiftKey && draft.text !== '') acts.Tab = () => accept(chosen);
    const act = event.nativeEvent.isComposing ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <search className="relative min-w-0 flex-1">
      <div
        className={cx(
          'flex h-9 items-center gap-2 rounded-lg border bg-canvas pl-2.5 focus-within:border-ring',
          errors.length > 0 ? 'border-err' : 'border-line-strong',
        )}
      >
        <Search size={14} aria-hidden className="shrink-0 text-ink-3" />
        <div className="relative h-full min-w-0 flex-1 font-mono text-[12.5px] leading-[34px]">
          <div ref={paper} aria-hidden className="absolute inset-0 overflow-hidden whitespace-pre">
            {painted(draft.text, errors).map((p, i) => (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: a stretch is its place
                key={i}
                className={cx(
                  p.field && 'text-accent',
                  p.wrong && 'underline decoration-err decoration-wavy underline-offset-4',
                )}
              >
                {p.text}
              </span>
            ))}
          </div>
          <input
            ref={(element) => {
              box.current = element;
              if (typeof input === 'function') input(element);
              else if (input) input.current = element;
            }}
            role="combobox"
            aria-label="Query"
            aria-expanded={shown}
            aria-controls={`${id}list`}
            aria-autocomplete="list"
            aria-activedescendant={at >= 0 ? `${id}${at}` : undefined}
            aria-invalid={errors.length > 0}
            aria-describedby={errors.length > 0 ? `${id}errors` : undefined}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={4_000}
            value={draft.text}
            placeholder='Which executions? status:error step:filter step.drop:>0.9 "phone case"'
            onChange={(e) => {
              setOpen(true);
              edit({ text: e.target.value, caret: e.target.selectionStart ?? e.target.value.length });
            }}
            onSelect={(e) => {
              const caret = e.currentTarget.selectionStart ?? 0;
              if (caret !== draft.caret) onDraft({ text: draft.text, caret });
            }}
            onScroll={(e) => {
              if (paper.current) paper.current.scrollLeft = e.currentTarget.scrollLeft;
            }}
            onFocus={() => {
              setOpen(true);
              onFocus();
            }}
            onBlur={() => setOpen(false)}
            onKeyDown={onKeyDown}
            className="relative h-full w-full bg-transparent text-transparent caret-ink outline-none"
          />
        </div>
        {draft.text === '' ? (
          <span aria-hidden className="pr-2 max-md:hidden">
            <Kbd>/</Kbd>
          </span>
        ) : (
          <button
            type="button"
            aria-label="Clear the query"
            onClick={() => {
              edit({ text: '', caret: 0 });
              onSubmit('');
            }}
            className="flex h-full w-8 shrink-0 items-center justify-center rounded-md text-ink-3 hover:text-ink"
          >
            <X size={14} aria-hidden />
          </button>
        )}
      </div>
      {shown && <Options id={id} options={options} active={at} onAccept={accept} onPoint={setActive} />}
      {errors.length > 0 && !shown && (
        <Faults id={`${id}errors`} errors={errors} draft={draft} onFix={(text) => onSubmit(text)} />
      )}
    </search>
  );
}

function Faults({
  id,
  errors,
  draft,
  onFix,
}: {
  id: string;
  errors: readonly QueryError[];
  draft: Draft;
  onFix: (text: string) => void;
}) {
  return (
    <div id={id} role="alert">
      <ul className="mt-1.5 flex flex-col gap-1 text-xs text-err">
        {errors.map((e) => (
          <li key={`${e.start} ${e.message}`} className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="[overflow-wrap:anywhere]">
              <span className="mono font-medium">{draft.text.slice(e.start, e.end)}</span>
              {e.end > e.start && ': '}
              {e.message}
            </span>
            {e.suggestions.slice(0, 3).map((suggestion) => (
              <button
                key={suggestion}
                type="button"
                onClick={() => onFix(replaced(draft.text, e, suggestion).text)}
                className="mono rounded border border-line bg-raised px-1.5 text-ink hover:border-line-strong"
              >
                {suggestion}
              </button>
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}
