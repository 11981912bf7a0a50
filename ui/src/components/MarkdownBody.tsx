import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { cx } from '@/lib/cx';
import { webAddress } from '@/lib/markdown';

/**
 * Markdown that somebody else wrote. HTML in it stays text, nothing is loaded
 * from anywhere, and a link says where it goes before anyone clicks.
 */
export function MarkdownBody({ text, className }: { text: string; className?: string | undefined }) {
  return (
    <div dir="auto" className={cx('markdown [overflow-wrap:anywhere]', className)}>
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={COMPONENTS} urlTransform={(url) => url}>
        {text}
      </ReactMarkdown>
    </div>
  );
}

const COMPONENTS: Components = {
  a: ({ href, children }) => <Place href={href ?? ''}>{children}</Place>,
  img: ({ src, alt }) => <Picture src={typeof src === 'string' ? src : ''} alt={alt ?? ''} />,
  // Headings of a payload are no headings of this page.
  h1: ({ children }) => <p className="md-h1">{children}</p>,
  h2: ({ children }) => <p className="md-h2">{children}</p>,
  h3: ({ children }) => <p className="md-h3">{children}</p>,
  h4: ({ children }) => <p className="md-h3">{children}</p>,
  h5: ({ children }) => <p className="md-h3">{children}</p>,
  h6: ({ children }) => <p className="md-h3">{children}</p>,
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre tabIndex={0}>{children}</pre>
  ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label="Table" tabIndex={0} className="overflow-x-auto">
      <table>{children}</table>
    </section>
  ),
  input: ({ checked }) => <span>{checked ? '☑' : '☐'} </span>,
};

function Place({ href, children }: { href: string; children: ReactNode }) {
  const address = webAddress(href);
  const shown = <span className="mono text-xs text-ink-3"> ({href})</span>;
  if (!address) {
    return (
      <>
        {children}
        {href && shown}
      </>
    );
  }
  const same = children === href || children === address;
  return (
    <a
      href={address}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="text-accent hover:underline"
    >
      {children}
      {!same && shown}
      <ExternalLink size={11} aria-label="opens in a new tab" className="ml-0.5 inline" />
    </a>
  );
}

function Picture({ src, alt }: { src: string; alt: string }) {
  if (/^data:image\/(png|jpe?g|gif|webp);base64,/.test(src)) {
    return <img src={src} alt={alt} className="max-h-80 max-w-full rounded-md border border-line" />;
  }
  return (
    <span className="text-ink-3">
      [image{alt && `: ${alt}`}, not loaded{src && ': '}
      <span className="mono text-xs">{src}</span>]
    </span>
  );
}
