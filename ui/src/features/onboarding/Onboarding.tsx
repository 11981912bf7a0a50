import { useState } from 'react';
import type { Session } from '@/api/types';
import { Button } from '@/components/Button';
import { Copy } from '@/components/Copy';
import { Logo } from '@/components/Logo';
import { Notice } from '@/components/Notice';
import { TabPanel, Tabs } from '@/components/Tabs';
import { snippets } from './snippets';

export interface Demo {
  /** Absent for a key that may only read. */
  load: (() => void) | undefined;
  loading: boolean;
  error: string | undefined;
}

/** The first page of a new server. It turns into the list by itself. */
export function Onboarding({
  session,
  apiKey,
  live,
  demo,
}: {
  session: Session;
  apiKey: string | undefined;
  live: boolean;
  demo: Demo;
}) {
  const all = snippets(session, window.location.origin, apiKey);
  const [tab, setTab] = useState(all[0]?.id ?? 'go');
  return (
    <div className="relative min-h-0 flex-1 overflow-y-auto">
      <div aria-hidden className="lightbox pointer-events-none absolute inset-x-0 top-0 h-[560px]" />
      <div className="relative mx-auto flex max-w-[780px] flex-col px-5 pt-12 pb-16 max-sm:pt-7">
        <Logo size={44} />
        <h1 className="mt-5 text-2xl font-semibold tracking-[-0.022em] text-balance">
          See why a run ended the way it did
        </h1>
        <p className="mt-2 max-w-[60ch] text-[15px] leading-6 text-ink-2">
          Send one execution of your pipeline. It appears here by itself, step by step, with the decisions
          that led to its outcome and the values that prove them.
        </p>
        <Waiting live={live} />
        <div className="overflow-hidden rounded-xl border border-line bg-surface shadow-pop">
          <Tabs
            label="Ways to send"
            tabs={all.map(({ id, label }) => ({ value: id, label }))}
            value={tab}
            onChange={setTab}
            className="bg-raised px-2"
          >
            {all.map((snippet) => (
              <TabPanel key={snippet.id} value={snippet.id}>
                <div className="flex items-start gap-3 px-4 pt-3">
                  <p className="min-w-0 flex-1 text-sm text-ink-2">{snippet.lead}</p>
                  <Copy
                    name={`Copy the ${snippet.label} snippet`}
                    text={() => snippet.code}
                    className="-mt-0.5 h-7 border border-line bg-raised px-2 text-ink-2"
                  >
                    Copy
                  </Copy>
                </div>
                <pre
                  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
                  tabIndex={0}
                  className="overflow-x-auto p-4 pt-3 font-mono text-[12.5px] leading-[19px]"
                >
                  {snippet.code}
                </pre>
              </TabPanel>
            ))}
          </Tabs>
        </div>
        <LoadDemo demo={demo} />
        <Addresses session={session} />
      </div>
    </div>
  );
}

function Waiting({ live }: { live: boolean }) {
  return (
    <div role="status" className="mt-6 mb-3 flex items-center gap-2.5 text-sm">
      <span className="relative flex size-2.5" aria-hidden>
        {live && <span className="absolute inset-0 animate-ping rounded-full bg-accent-fill opacity-60" />}
        <span className={live ? 'size-2.5 rounded-full bg-accent-fill' : 'size-2.5 rounded-full bg-warn'} />
      </span>
      <span className="font-medium">
        {live
          ? 'Waiting for your first execution…'
          : 'Not connected at the moment; this page tries again by itself.'}
      </span>
    </div>
  );
}

function LoadDemo({ demo: { load, loading, error } }: { demo: Demo }) {
  return (
    <section
      aria-label="Demo"
      className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-line bg-surface px-4 py-3"
    >
      <p className="min-w-60 flex-1 text-sm text-ink-2">
        <span className="font-medium text-ink">Only looking around?</span> The demo brings 28 believable runs
        of five pipelines. One picked a phone case as the rival of a water bottle: find out why.
      </p>
      {load ? (
        <Button look="main" onClick={load} disabled={loading}>
          {loading ? 'Loading the demo…' : 'Load the demo'}
        </Button>
      ) : (
        <code className="mono rounded bg-sunken px-1.5 py-0.5 text-ink">xray demo --api-key …</code>
      )}
      {error && (
        <Notice tone="error" className="w-full">
          {error}
        </Notice>
      )}
    </section>
  );
}

function Addresses({ session }: { session: Session }) {
  const rows: Array<[string, string]> = [
    ['OTLP over HTTP', session.otlp.http],
    ['OTLP over gRPC', session.otlp.grpc],
    ['Project', session.projectId],
  ];
  return (
    <dl className="mt-7 grid grid-cols-3 gap-4 border-t border-line pt-4 text-sm max-sm:grid-cols-1">
      {rows.map(([label, value]) => (
        <div key={label} className="min-w-0">
          <dt className="text-xs text-ink-3">{label}</dt>
          <dd className="flex items-center gap-1">
            <span className="mono truncate">{value}</span>
            <Copy name={`Copy ${label}`} text={() => value} className="h-5" />
          </dd>
        </div>
      ))}
    </dl>
  );
}
