import { CornerDownLeft, Search } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { cx } from '@/lib/cx';
import { type Command, match } from './match';

const MOST = 50;

/**
 * ⌘K: type, choose, go. On the browser's own dialog, because others inject
 * styles, which the Content-Security-Policy refuses.
 */
export function Palette({
  commands,
  forText,
  onClose,
}: {
  commands: readonly Command[];
  /** What can be done with the text itself, if anything. */
  forText: (text: string) => Command | undefined;
  onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  useEffect(() => dialog.current?.showModal(), []);
  const found = useMemo(() => {
    const own = forText(text);
    const matches = match(commands, text);
    return (own ? [...matches, own] : matches).slice(0, MOST);
  }, [commands, forText, text]);
  const at = Math.min(chosen, found.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  });

  const run = (command: Command | undefined): void => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const by = steps[event.key];
    if (by !== undefined) setChosen(Math.max(0, Math.min(found.length - 1, at + by)));
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(found[at]);
    else return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it closes; Escape does so by itself
    <dialog
      ref={dialog}
      aria-label="Go to anything"
      onClose={onClose}
      onClick={(e) => e.target === dialog.current && onClose()}
      className="mx-auto mt-[12vh] mb-auto w-[600px] max-w-[calc(100vw-24px)] overflow-hidden rounded-xl border border-line-strong bg-raised p-0 text-ink shadow-pop backdrop:bg-[oklch(0.1_0.02_240/0.5)]"
    >
      <label className="flex h-12 items-center gap-2.5 border-b border-line px-4">
        <Search size={16} aria-hidden className="shrink-0 text-ink-3" />
        <input
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={`${id}list`}
          aria-activedescendant={at >= 0 ? `${id}${at}` : undefined}
          aria-label="A command, a name, or the id of an execution"
          placeholder="A command, a name, or the id of an execution"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(e) => {
            setText(e.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
          className="w-full min-w-0 bg-transparent text-[15px] outline-none"
        />
      </label>
      <div
        ref={list}
        id={`${id}list`}
        role="listbox"
        aria-label="Commands"
        className="max-h-[52vh] overflow-y-auto p-1.5"
      >
        {found.map((command, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the text field takes the keys for the list
          <div
            key={command.id}
            id={`${id}${i}`}
            role="option"
            aria-selected={i === at}
            onClick={() => run(command)}
            onMouseMove={() => i !== at && setChosen(i)}
            className={cx(
              'flex h-9 cursor-pointer items-center gap-3 rounded-lg px-2.5 text-sm',
              i === at && 'bg-selected',
            )}
          >
            <span className="w-20 shrink-0 truncate text-xs text-ink-3">
              {command.group !== found[i - 1]?.group && command.group}
            </span>
            <bdi className="truncate font-medium">{command.label}</bdi>
            {command.note && <bdi className="min-w-0 flex-1 truncate text-xs text-ink-3">{command.note}</bdi>}
            {i === at && <CornerDownLeft size={13} aria-hidden className="ml-auto shrink-0 text-ink-3" />}
          </div>
        ))}
        {found.length === 0 && <p className="px-3 py-6 text-center text-sm text-ink-2">Nothing fits.</p>}
      </div>
    </dialog>
  );
}
