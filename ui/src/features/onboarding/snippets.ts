import type { Session } from '@/api/types';

/** What to paste to make the first execution arrive, per way of sending. */
export interface Snippet {
  id: string;
  label: string;
  /** One sentence above the code. */
  lead: string;
  code: string;
}

interface Target {
  http: string;
  grpc: string;
  origin: string;
  /** The key to fill in; undefined where the server needs none. */
  key: string | undefined;
}

export function snippets(session: Session, origin: string, apiKey: string | undefined): Snippet[] {
  const target: Target = {
    http: session.otlp.http,
    grpc: session.otlp.grpc,
    origin,
    key: session.local ? undefined : (apiKey ?? 'YOUR_INGEST_KEY'),
  };
  return [go, typescript, python, curl, env, agent].map((make) => make(target));
}

const lines = (...parts: Array<string | false | undefined>): string =>
  parts.filter((part) => typeof part === 'string').join('\n');

function go({ http, key }: Target): Snippet {
  return {
    id: 'go',
    label: 'Go',
    lead: 'Wrap a run and its steps: inputs, outputs, errors and timing are recorded.',
    code: lines(
      '// go get github.com/xraytrace/xray/sdk',
      key && `// export XRAY_API_KEY=${key}`,
      http !== 'http://localhost:4318' && `// export XRAY_ENDPOINT=${http}`,
      'client, err := setup.Start(ctx)',
      'if err != nil {',
      '\tlog.Fatal(err)',
      '}',
      'defer client.Shutdown(context.Background())',
      '',
      'movie, err := xray.TrackExecution(ctx, "recommend", func(ctx context.Context) (Movie, error) {',
      '\tfound, err := xray.Step(ctx, "search", func(ctx context.Context) ([]Movie, error) {',
      '\t\treturn search(ctx, query)',
      '\t}, query)',
      '\tif err != nil {',
      '\t\treturn Movie{}, err',
      '\t}',
      '\treturn best(found), nil',
      '})',
    ),
  };
}

function typescript({ http, key }: Target): Snippet {
  return {
    id: 'typescript',
    label: 'TypeScript',
    lead: 'Wrap a run and its steps. With OpenTelemetry set up already, new XRay({ tracerProvider }) joins it.',
    code: lines(
      '// npm i @xray/sdk',
      key && `// export XRAY_API_KEY=${key}`,
      http !== 'http://localhost:4318' && `// export XRAY_ENDPOINT=${http}`,
      "import { XRay } from '@xray/sdk';",
      '',
      'const xray = new XRay();',
      '',
      "const movie = await xray.trackExecution('recommend', async (ctx) => {",
      "  const found = await ctx.step('search', () => catalogue.search(query), query);",
      "  return ctx.stepSync('filter', (step) => found.filter((m) => {",
      '    if (m.rating >= 7) return true;',
      "    step.drop(m, 'rated too low');",
      '    return false;',
      '  })[0], found);',
      '});',
      '',
      'await xray.shutdown();',
    ),
  };
}

function python({ http, key }: Target): Snippet {
  return {
    id: 'python',
    label: 'Python',
    lead: 'Steps by with, or as decorators. OpenInference, OpenLLMetry and Langfuse are understood as they are.',
    code: lines(
      '# pip install "xray-sdk[setup]"',
      key && `# export XRAY_API_KEY=${key}`,
      http !== 'http://localhost:4318' && `# export XRAY_ENDPOINT=${http}`,
      'import xray',
      'from xray import setup',
      '',
      '@xray.step("search", type="retriever")',
      'def search(query): ...',
      '',
      'with setup.start(service="recommender"):',
      '    with xray.execution("recommend", input=query) as ex:',
      '        found = search(query)',
      '        with xray.step("filter", input=found) as s:',
      '            for movie in found:',
      '                if movie.rating < 7:',
      '                    xray.drop(movie, "rated too low", score=movie.rating)',
      '            s.set_output(good := [m for m in found if m.rating >= 7])',
      '        ex.set_final_outcome(good[0])',
    ),
  };
}

function env({ http, grpc, key }: Target): Snippet {
  return {
    id: 'otlp',
    label: 'Any OTel SDK',
    lead: 'Whatever speaks OpenTelemetry already needs no code at all, only where to send.',
    code: lines(
      `export OTEL_EXPORTER_OTLP_ENDPOINT=${http}`,
      'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
      key && `export OTEL_EXPORTER_OTLP_HEADERS=x-api-key=${key}`,
      '',
      '# or by gRPC',
      `export OTEL_EXPORTER_OTLP_ENDPOINT=${grpc}`,
      'export OTEL_EXPORTER_OTLP_PROTOCOL=grpc',
    ),
  };
}

function curl({ origin, key }: Target): Snippet {
  return {
    id: 'curl',
    label: 'curl',
    lead: 'No OpenTelemetry? Send a finished execution as JSON. This one can be pasted as it is.',
    code: lines(
      `curl ${origin}/api/executions \\`,
      "  -H 'content-type: application/json' \\",
      key && `  -H 'x-api-key: ${key}' \\`,
      "  -d '{",
      '    "name": "recommend",',
      '    "steps": [',
      '      { "name": "search", "durationMs": 12,',
      '        "input": { "query": "space opera" },',
      '        "output": [{ "title": "Dune", "rating": 8.1 }, { "title": "Jupiter Ascending", "rating": 5.3 }] },',
      '      { "name": "filter", "durationMs": 1,',
      '        "input": { "minRating": 7 },',
      '        "output": [{ "title": "Dune", "rating": 8.1 }] }',
      '    ],',
      '    "finalOutcome": { "title": "Dune" }',
      "  }'",
    ),
  };
}

function agent({ http, grpc, key }: Target): Snippet {
  return {
    id: 'agent',
    label: 'Coding agent',
    lead: 'Paste this to your coding agent, in the repository of your pipeline.',
    code: lines(
      'Instrument this pipeline so that every run becomes one execution in X-Ray, an',
      'OpenTelemetry backend that explains why a run ended the way it did.',
      '',
      `1. Send OTLP traces to ${http} (HTTP) or ${grpc} (gRPC).`,
      key ? `   Authenticate with the header x-api-key: ${key}` : '   No key is needed.',
      '2. One root span per run, named after the pipeline; one child span per step (model',
      '   call, search, filter, ranking, tool call). Keep existing instrumentation.',
      '3. On each step set the string attributes xray.input and xray.output to JSON of what',
      '   it was given and what it returned, with its parameters (thresholds, limits).',
      '4. Where a step drops candidates, set xray.items.dropped to a JSON array of',
      '   {"key": "…", "reason": "…"}.',
      '5. Record exceptions on their span and set its status to error.',
      '6. Flush the exporter before the program exits. In Go use the package',
      '   github.com/xraytrace/xray/sdk.',
    ),
  };
}
