import { Copy } from '@/components/Copy';
import { Notice } from '@/components/Notice';

/** A link that is shown this once, to be handed over. */
export function OnceLink({ link, children }: { link: string; children: string }) {
  return (
    <Notice tone="info">
      {children} It is shown only now, and works once.
      <span className="mt-2 flex items-center gap-2 rounded-md border border-line bg-canvas px-2 py-1">
        <code className="mono min-w-0 flex-1 truncate text-xs" title={link}>
          {link}
        </code>
        <Copy name="Copy the link" text={() => link}>
          Copy
        </Copy>
      </span>
    </Notice>
  );
}
