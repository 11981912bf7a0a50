import type { ReactNode } from 'react';
import type { StepDetail, Tokens } from '@/api/types';
import { Copy } from '@/components/Copy';
import { JsonTree } from '@/components/JsonTree';
import { TextBlock } from '@/components/TextBlock';
import { cost, duration, grouped, timestamp } from '@/lib/format';
import { int64 } from '@/lib/time';
import type { LoadLarge } from './Value';

/** Everything around a step that is neither input nor output. */
export function Context({ step, large }: { step: StepDetail; large: LoadLarge }) {
  const { tool, promptTemplate, parameters, tokens, resource, scope, links } = step;
  return (
    <div className="flex flex-col gap-5">
      {(tokens || step.costUsd !== undefined || step.model) && <ModelCall step={step} />}
      {tool && (
        <Group title="Tool">
          <Pairs
            pairs={[
              ['Name', tool.name],
              ['Call id', tool.id],
            ]}
          />
          <Tree label="Arguments" value={tool.arguments} base="/tool/arguments" step={step} large={large} />
          <Tree label="Result" value={tool.result} base="/tool/result" step={step} large={large} />
        </Group>
      )}
      {promptTemplate && (
        <Group title="Prompt template">
          <Pairs
            pairs={[
              ['Name', promptTemplate.name],
              ['Version', promptTemplate.version],
            ]}
          />
          {promptTemplate.template && (
            <TextBlock
              text={promptTemplate.template}
              className="rounded-md border border-line bg-surface p-2 font-mono text-xs"
            />
          )}
          <Tree
            label="Variables"
            value={promptTemplate.variables}
            base="/promptTemplate/variables"
            step={step}
            large={large}
          />
        </Group>
      )}
      {parameters && Object.keys(parameters).length > 0 && (
        <Group title="Parameters">
          <JsonTree value={parameters} base="/parameters" />
        </Group>
      )}
      {links.length > 0 && (
        <Group title={`Links (${links.length})`}>
          {links.map((link) => (
            <div
              key={`${link.traceId}${link.spanId}`}
              className="rounded-md border border-line bg-surface px-2.5 py-1.5"
            >
              <div className="flex flex-wrap items-center gap-x-2 text-xs">
                <a
                  href={`/executions/${link.traceId}?step=${link.spanId}`}
                  className="font-mono text-accent hover:underline"
                >
                  {link.traceId}
                </a>
                <span className="font-mono text-ink-3">{link.spanId}</span>
              </div>
              {Object.keys(link.attributes).length > 0 && (
                <JsonTree value={link.attributes} base="/attributes" />
              )}
            </div>
          ))}
        </Group>
      )}
      <Group title="Span">
        <Pairs
          pairs={[
            ['Step id', step.id],
            ['Parent', step.parentId || '(root)'],
            ['Started', timestamp(step.startedAt)],
            ['Kind', step.spanKind],
            [
              'OpenTelemetry status',
              [step.otelStatus.code, step.otelStatus.message].filter(Boolean).join(': '),
            ],
            ['Trace state', step.traceState],
            ['Instrumentation', [scope.name, scope.version].filter(Boolean).join(' ')],
          ]}
        />
        {scope.attributes && Object.keys(scope.attributes).length > 0 && (
          <Tree
            label="Scope attributes"
            value={scope.attributes}
            base="/scope/attributes"
            step={step}
            large={large}
          />
        )}
      </Group>
      <Group title="Resource">
        <JsonTree value={resource} base="/resource" />
      </Group>
    </div>
  );
}

/** A class of tokens, in words; the keys of costs are the same. */
const CLASSES: ReadonlyArray<[keyof Tokens, string]> = [
  ['input', 'Input'],
  ['cacheRead', 'Input from cache'],
  ['cacheWrite', 'Input written to cache'],
  ['inputAudio', 'Audio input'],
  ['output', 'Output'],
  ['reasoning', 'Thinking'],
  ['outputAudio', 'Audio output'],
];

function ModelCall({ step }: { step: StepDetail }) {
  const { tokens = {}, tokenCosts } = step;
  const rows = CLASSES.filter(([key]) => tokens[key] !== undefined);
  const most = Math.max(1, ...rows.map(([key]) => int64(tokens[key])));
  const requested = step.requestModel !== step.model ? step.requestModel : undefined;
  const price =
    step.costSource === 'reported'
      ? 'as the client reported'
      : step.priceDate && `prices of ${step.priceDate}`;
  return (
    <Group title="Model call">
      <Pairs
        pairs={[
          ['Model', step.model],
          ['Asked for', requested],
          ['Provider', step.provider],
          ['Finish reason', step.finishReason],
          ['First token after', step.timeToFirstTokenNano && duration(int64(step.timeToFirstTokenNano))],
          ['Streaming', step.streaming ? 'yes' : undefined],
          [
            'Cost',
            step.costUsd === undefined ? undefined : [cost(step.costUsd), price].filter(Boolean).join(', '),
          ],
        ]}
      />
      {rows.length > 0 && (
        <table className="num w-full max-w-md text-sm">
          <caption className="sr-only">Tokens{tokenCosts && ' and their cost'} by class</caption>
          <tbody>
            {rows.map(([key, label]) => (
              <tr key={key}>
                <th scope="row" className="w-40 py-0.5 text-left font-normal text-ink-3">
                  {label}
                </th>
                <td className="w-20 py-0.5 pr-3 text-right">{grouped(int64(tokens[key]))}</td>
                {tokenCosts && (
                  <td
                    className="w-20 py-0.5 pr-3 text-right text-ink-2"
                    title={unitPrice(tokenCosts[key], tokens[key])}
                  >
                    {tokenCosts[key] !== undefined && cost(tokenCosts[key])}
                  </td>
                )}
                <td aria-hidden>
                  <span
                    data-kind="llm"
                    className="block h-1.5 min-w-px rounded-full bg-kind"
                    style={{ width: `${(int64(tokens[key]) / most) * 100}%` }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Group>
  );
}

/** What a million tokens of a class cost in this call. */
function unitPrice(usd: number | undefined, tokens: string | undefined): string | undefined {
  const n = int64(tokens);
  return usd === undefined || n === 0 ? undefined : `${cost((usd / n) * 1e6)} per million tokens`;
}

export function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h3 className="eyebrow">{title}</h3>
      {children}
    </section>
  );
}

function Tree({
  label,
  value,
  base,
  step,
  large,
}: {
  label: string;
  value: unknown;
  base: string;
  step: StepDetail;
  large: LoadLarge;
}) {
  const outline = step.large?.find((o) => o.pointer === base);
  if (value === undefined && !outline) return null;
  const draw = (v: unknown) => <JsonTree value={v} base={base} />;
  return (
    <div>
      <div className="mb-0.5 text-xs text-ink-3">{label}</div>
      {outline ? large(outline, false, draw) : draw(value)}
    </div>
  );
}

function Pairs({ pairs }: { pairs: ReadonlyArray<[string, string | undefined]> }) {
  const given = pairs.filter((pair): pair is [string, string] => Boolean(pair[1]));
  if (given.length === 0) return null;
  return (
    <dl className="grid grid-cols-[minmax(88px,2fr)_minmax(0,3fr)] gap-x-2 gap-y-0.5 text-sm">
      {given.map(([key, value]) => (
        <div key={key} className="group contents">
          <dt className="py-0.5 text-ink-3">{key}</dt>
          <dd className="flex min-w-0 items-center gap-1 py-0.5">
            <bdi className="num [overflow-wrap:anywhere]">{value}</bdi>
            <Copy
              name={`Copy ${key}`}
              text={() => value}
              className="h-4 opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
            />
          </dd>
        </div>
      ))}
    </dl>
  );
}
