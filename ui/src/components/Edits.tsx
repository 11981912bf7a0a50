import { cx } from '@/lib/cx';

/** How one text becomes another. Struck and underlined: not by colour alone. */
export function Edits({
  edits,
  className,
}: {
  edits: ReadonlyArray<{ op: '=' | '-' | '+'; text: string }>;
  className?: string;
}) {
  return (
    <p
      dir="auto"
      className={cx('text-sm leading-relaxed [overflow-wrap:anywhere] whitespace-pre-wrap', className)}
    >
      {edits.map((edit, i) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: an edit has no other identity than its place
        if (edit.op === '=') return <span key={i}>{edit.text}</span>;
        const Tag = edit.op === '-' ? 'del' : 'ins';
        return (
          <Tag
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={i}
            className={cx(
              'rounded-[3px] px-0.5',
              edit.op === '-' ? 'bg-err-soft text-err line-through' : 'bg-ok-soft text-ok underline',
            )}
          >
            {edit.text}
          </Tag>
        );
      })}
    </p>
  );
}
