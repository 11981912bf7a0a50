import { Bot, Brain, ChevronRight, CornerDownRight, ScrollText, User, Wrench } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { JsonTree } from '@/components/JsonTree';
import type { Lit } from '@/components/Payload';
import { RichText } from '@/components/RichText';
import { TextBlock } from '@/components/TextBlock';
import { cx } from '@/lib/cx';
import { bytes } from '@/lib/format';
import { type Message, type Part, partImage } from './forms';

const ROLES: Record<string, { label: string; icon: ReactNode; className: string }> = {
  system: { label: 'System', icon: <ScrollText size={13} aria-hidden />, className: 'text-ink-3' },
  developer: { label: 'Developer', icon: <ScrollText size={13} aria-hidden />, className: 'text-ink-3' },
  user: { label: 'User', icon: <User size={13} aria-hidden />, className: 'text-run' },
  assistant: { label: 'Assistant', icon: <Bot size={13} aria-hidden />, className: 'text-accent' },
  tool: { label: 'Tool', icon: <Wrench size={13} aria-hidden />, className: 'text-warn' },
};

/** A conversation. System text and thinking are folded: they are long and rarely the question. */
export function Messages({
  messages,
  base,
  lit,
}: {
  messages: Message[];
  base: string;
  lit: Lit | undefined;
}) {
  return (
    <ol className="flex flex-col gap-2">
      {messages.map((message, i) => (
        <MessageCard
          // biome-ignore lint/suspicious/noArrayIndexKey: a message has no other identity than its place
          key={i}
          message={message}
          base={`${base}/${i}`}
          lit={lit?.path[0] === String(i) ? { ...lit, path: lit.path.slice(1) } : undefined}
        />
      ))}
    </ol>
  );
}

function MessageCard({ message, base, lit }: { message: Message; base: string; lit: Lit | undefined }) {
  const role = ROLES[message.role];
  const item = useRef<HTMLLIElement>(null);
  const isLit = lit !== undefined;
  useEffect(() => {
    if (isLit) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isLit]);
  const body = (
    <div className="flex flex-col gap-2 px-3 pb-2.5">
      {message.parts.map((part, i) => (
        <PartView
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          key={i}
          part={part}
          base={`${base}/parts/${i}`}
          lit={lit && (lit.path.length < 2 || lit.path[1] === String(i)) ? lit : undefined}
        />
      ))}
      {message.parts.length === 0 && <span className="text-sm text-ink-3">(empty)</span>}
    </div>
  );
  const head = (
    <>
      <span
        className={cx('flex items-center gap-1.5 text-xs font-semibold', role?.className ?? 'text-ink-2')}
      >
        {role?.icon}
        {role?.label ?? message.role}
      </span>
      {message.name && <bdi className="truncate text-xs text-ink-3">{message.name}</bdi>}
      {message.finish_reason && (
        <span className="ml-auto text-xs text-ink-3">finish: {message.finish_reason}</span>
      )}
    </>
  );
  const look = cx('rounded-lg border bg-surface', lit ? 'border-lit-line' : 'border-line');
  const folded = message.role === 'system' || message.role === 'developer';
  return (
    <li ref={item} className={look}>
      {folded ? (
        <details open={isLit}>
          <summary className="flex h-8 list-none items-center gap-2 px-3">
            {head}
            <span className="min-w-0 truncate text-xs text-ink-3">{firstText(message)}</span>
          </summary>
          {body}
        </details>
      ) : (
        <>
          <div className="flex h-8 items-center gap-2 px-3">{head}</div>
          {body}
        </>
      )}
    </li>
  );
}

function firstText(message: Message): string {
  return message.parts.find((p) => p.content)?.content?.slice(0, 160) ?? '';
}

function PartView({ part, base, lit }: { part: Part; base: string; lit: Lit | undefined }) {
  const image = partImage(part);
  if (image) {
    return (
      <img
        src={image}
        alt={`Part of the message, ${part.mime_type ?? 'an image'}`}
        className="max-h-80 max-w-full self-start rounded-md border border-line"
      />
    );
  }
  switch (part.type) {
    case 'tool_call':
      return (
        <Card
          icon={<Wrench size={12} aria-hidden />}
          title={part.name ?? 'tool call'}
          note={part.id}
          verb="calls"
        >
          {part.arguments !== undefined && (
            <JsonTree value={part.arguments} base={`${base}/arguments`} lit={inside(lit, 'arguments')} />
          )}
        </Card>
      );
    case 'tool_call_response':
      return (
        <Card
          icon={<CornerDownRight size={12} aria-hidden />}
          title={part.name ?? 'answer'}
          note={part.id}
          verb="answers"
        >
          {typeof part.response === 'string' ? (
            <TextBlock text={part.response} find={lit?.quote} className="text-sm" />
          ) : (
            part.response !== undefined && (
              <JsonTree value={part.response} base={`${base}/response`} lit={inside(lit, 'response')} />
            )
          )}
        </Card>
      );
    case 'reasoning':
      return (
        <details open={lit !== undefined} className="text-sm text-ink-2">
          <summary className="flex w-fit list-none items-center gap-1.5 text-xs font-medium text-ink-3 hover:text-ink">
            <Brain size={12} aria-hidden />
            Thinking
            <ChevronRight size={11} aria-hidden />
          </summary>
          <TextBlock
            text={part.content ?? ''}
            find={lit?.quote}
            className="mt-1 border-l-2 border-line pl-2.5"
          />
        </details>
      );
    default:
      if (part.content !== undefined && part.type !== 'blob') {
        return <RichText text={part.content} find={lit?.quote} className="text-sm leading-relaxed" />;
      }
      return (
        <span className="font-mono text-xs text-ink-3 [overflow-wrap:anywhere]">
          {part.type} {part.mime_type} {part.uri} {part.content && bytes(part.content.length)}
        </span>
      );
  }
}

/** Path below `parts/N/KEY`, for a tree inside a card. */
function inside(lit: Lit | undefined, key: string): readonly string[] | undefined {
  return lit && lit.path[2] === key ? lit.path.slice(3) : undefined;
}

function Card({
  icon,
  title,
  note,
  verb,
  children,
}: {
  icon: ReactNode;
  title: string;
  note: string | undefined;
  verb: string;
  children: ReactNode;
}) {
  return (
    <div className="rounded-md border border-line bg-canvas">
      <div className="flex items-center gap-1.5 px-2.5 py-1.5 text-xs">
        <span className="text-warn">{icon}</span>
        <span className="text-ink-3">{verb}</span>
        <bdi className="font-mono font-medium">{title}</bdi>
        {note && <span className="ml-auto truncate font-mono text-2xs text-ink-3">{note}</span>}
      </div>
      <div className="px-2.5 pb-2">{children}</div>
    </div>
  );
}
