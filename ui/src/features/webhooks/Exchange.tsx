import type { WebhookExchange } from '@/api/types';

/** One side of an attempt: its header lines and the beginning of its body. */
export function Exchange({ title, side }: { title: string; side: WebhookExchange | undefined }) {
  if (!side) return null;
  return (
    <section className="min-w-0">
      <h4 className="eyebrow pb-1">{title}</h4>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        tabIndex={0}
        className="max-h-56 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-xs [overflow-wrap:anywhere] whitespace-pre-wrap"
      >
        {side.headers.map((h) => `${h.name}: ${h.value}\n`).join('')}
        {side.headers.length > 0 && '\n'}
        {pretty(side.body)}
        {side.cut && '\n… and more'}
      </pre>
    </section>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
