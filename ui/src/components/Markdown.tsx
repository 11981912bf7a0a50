import { lazy, Suspense } from 'react';
import { readsAsMarkdown } from '@/lib/markdown';
import { TextBlock } from './TextBlock';

const Rendered = lazy(async () => ({ default: (await import('./MarkdownBody')).MarkdownBody }));

/** Longer texts are shown as they are: laying them out would hold the page. */
const MOST = 60_000;

export function isRendered(text: string): boolean {
  return text.length <= MOST && readsAsMarkdown(text);
}

/** Text as Markdown, plain until the library is there. */
export function Markdown({ text, className }: { text: string; className?: string }) {
  return (
    <Suspense fallback={<TextBlock text={text} {...(className ? { className } : {})} />}>
      <Rendered text={text} className={className} />
    </Suspense>
  );
}
