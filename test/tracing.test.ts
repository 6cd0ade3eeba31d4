/** Spans on their way: from runs on the real stack to a collector, once, whatever the collector does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import type { Database } from '../src/database/database.ts';
import { createLogger } from '../src/log/log.ts';
import { registry as projector } from '../src/projections/metrics/metrics.ts';
import { otlpWriter } from '../src/projections/tracing/export/otlp-request.ts';
import { SpanExport } from '../src/projections/tracing/export/export-spans.ts';
import { WorkflowService } from '../src/grpc/generated/baton/v1/workflow_service_pb.js';
import { otlpSettings, type OtlpSettings } from '../src/tracing/otlp-settings.ts';
import { traceIdOf } from '../src/tracing/span-ids.ts';
import { registry as worker } from '../src/worker/metrics.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton, type Baton } from './support/baton.ts';
import { clientOf } from './grpc/clients.ts';
import { Collector, type SentSpan } from './support/collector.ts';
import { startEchoServer } from './support/echo-server.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import { freshDatabase, until } from './support/index.ts';
import { openTestDatabase } from './support/test-database.ts';

const CALLER = { trace: '4bf92f3577b34da6a3ce929d0e0e4736', span: '00f067aa0ba902b7' };
const TRACEPARENT = { traceparent: `00-${CALLER.trace}-${CALLER.span}-01` };

const log = createLogger('test', 'silent');
const collector = await Collector.start();

const vendor = await startFakeOpenAi({
  answer: ({ messages }) =>
    messages.every(({ role }) => role !== 'tool')
      ? { toolCalls: [{ name: 'list_files', arguments: {} }], usage: { input: 90, output: 10 } }
      : { reply: 'looked', usage: { input: 190, output: 20 } },
});
afterFile(() => vendor.stop());
const echo = await startEchoServer();
afterFile(() => echo.close());

const definition = `
name: traced
version: 1.0.0
workspace: {}
steps:
  - { key: look, agent: code, prompt: "Look", tools: [list_files] }
  - { key: fetch, http: { url: "${echo.url}/echo" }, dependencies: [look] }
  - key: own
    http: { url: "${echo.url}/echo", headers: { Traceparent: mine } }
    dependencies: [look]
  - { key: fails, http: { url: "${echo.url}/straddle" }, dependencies: [look], on_error: continue }
outputs:
  told: "{{ fetch.result.body.headers.traceparent }}"
  own: "{{ own.result.body.headers.traceparent }}"
`;

let baton: Baton;
beforeAll(async () => {
  baton = await startBaton({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TIMEOUT: '10000',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=abc%20def',
    OTEL_SERVICE_NAME: 'baton-test',
    BATON_COMPATIBLE_BASE_URL: vendor.url,
    BATON_MODEL: 'compatible/gpt-5.4',
    BATON_ALLOW_PRIVATE_NETWORK: '1',
  });
  await baton.publish(definition);
});

const waiting = async (database: Database) =>
  Number((await database.query<{ n: string }>('select count(*) as n from trace_spans')).rows[0]?.n);

/** The spans of a run that has ended, once there is the one that comes last. */
async function spansOf(id: string): Promise<readonly SentSpan[]> {
  await until(async () => collector.of(id).some(({ name }) => name.startsWith('invoke_workflow')));
  await until(async () => (await waiting(baton.database)) === 0);
  return collector.of(id);
}

/** `name`, or `name: [what is below it]`, in the order of names. */
function tree(spans: readonly SentSpan[], parent: string): unknown[] {
  const below = spans.filter(({ parentSpanId }) => parentSpanId === parent);
  return below
    .toSorted((one, other) => one.name.localeCompare(other.name))
    .map(({ name, spanId }) => {
      const children = tree(spans, spanId);
      return children.length === 0 ? name : { [name]: children };
    });
}

describe('a run', () => {
  test('that was started in a trace is a tree in it, each span of it sent once', async () => {
    const started = await baton.call<{ id: string }>('POST', '/runs', { workflow: 'traced' }, TRACEPARENT);
    const run = await baton.finished(started.body.id);
    expect(run).toMatchObject({ status: 'completed', diverged: null });
    const spans = await spansOf(run.id);
    expect(tree(spans, CALLER.span)).toEqual([
      {
        'invoke_workflow traced': [
          { 'step fails': ['http fails'] },
          { 'step fetch': ['http fetch'] },
          {
            'step look': [
              { 'invoke_agent code': ['chat gpt-5.4', 'chat gpt-5.4', 'execute_tool list_files'] },
            ],
          },
          { 'step own': ['http own'] },
        ],
      },
    ]);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([CALLER.trace]));
    expect(spans.find(({ name }) => name === 'http fails')?.status).toEqual({
      code: 2,
      message: 'http_status',
    });
    expect(collector.headers.at(-1)).toMatchObject({ 'x-key': 'abc def' });
    expect(collector.bodies.at(-1)?.resourceSpans[0]?.resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'baton-test' },
    });

    const idOf = (name: string) => spans.find((span) => span.name === name)?.spanId ?? 'none';
    expect(run.output).toEqual({ told: `00-${CALLER.trace}-${idOf('http fetch')}-01`, own: 'mine' });
    const chats = spans.filter(({ name }) => name === 'chat gpt-5.4').map(({ spanId }) => spanId);
    const told = vendor.requests.map(({ traceparent }) => traceparent);
    expect(told.toSorted()).toEqual(chats.map((id) => `00-${CALLER.trace}-${id}-01`).toSorted());
  });

  test('that was started in none has a trace of its own, and links to the one that it repeats', async () => {
    const first = await baton.finished((await baton.start({ workflow: 'traced' })).id);
    const again = await baton.call<{ id: string }>('POST', `/runs/${first.id}/rerun`, {});
    const run = await baton.finished(again.body.id);
    const [root] = (await spansOf(run.id)).filter(({ parentSpanId }) => !parentSpanId);
    expect(root).toMatchObject({ name: 'invoke_workflow traced', traceId: traceIdOf(run.id) });
    const [origin] = (await spansOf(first.id)).filter(({ parentSpanId }) => !parentSpanId);
    expect(root?.links).toMatchObject([{ traceId: traceIdOf(first.id), spanId: origin?.spanId }]);
  });

  test('what is no traceparent is none, and a start that is refused leaves no trace', async () => {
    const wrong = { traceparent: `00-${'0'.repeat(32)}-${CALLER.span}-01` };
    const { body } = await baton.call<{ id: string }>('POST', '/runs', { workflow: 'traced' }, wrong);
    const run = await baton.finished(body.id);
    const refused = await baton.call('POST', '/runs', { workflow: 'traced', id: run.id }, TRACEPARENT);
    expect(refused.status).toBe(409);
    const { rows } = await baton.database.query('select * from run_traces where run_id = $1', [run.id]);
    expect(rows).toEqual([]);
    expect((await spansOf(run.id)).map(({ traceId }) => traceId)).not.toContain(CALLER.trace);
  });
});

test('a run that is started by gRPC, or started anew, is below the span of whoever asked for it', async () => {
  const client = clientOf(WorkflowService, await baton.startGrpc());
  const { run } = (await client.ask('startRun', { workflow: 'traced' }, { metadata: TRACEPARENT })) as {
    run?: { id: string };
  };
  const again = await baton.call<{ id: string }>('POST', `/runs/${run?.id}/rerun`, {}, TRACEPARENT);
  const { rows } = await baton.database.query<{ traceparent: string }>(
    'select traceparent from run_traces where run_id = any($1)',
    [[run?.id, again.body.id]],
  );
  expect(rows).toEqual([TRACEPARENT, TRACEPARENT]);
});

describe('a collector', () => {
  test.each(['failing', 'hanging', 'endless'] as const)(
    'that is %s keeps nobody from his work, and has each span once when it is well again',
    async (mood) => {
      const before = collector.asked;
      collector.mood = mood;
      const run = await baton.finished((await baton.start({ workflow: 'traced' })).id);
      expect(run).toMatchObject({ status: 'completed', diverged: null });
      await until(() => collector.asked > before);
      collector.mood = 'well';
      const spans = await spansOf(run.id);
      const ids = new Set(spans.map(({ spanId }) => spanId));
      expect(ids.size).toBe(12);
      // Whether an answer without end was a yes, nobody may have known in time: what is sent again has the same ids.
      expect(mood === 'endless' || spans.length === ids.size).toBe(true);
    },
  );
});

describe('/metrics', () => {
  const figures = async () => (await fetch(`${baton.url}/metrics`)).text();
  const value = (text: string, name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1] ?? Number.NaN,
    );

  test('of all programs has what docs/metrics.md tells, and nothing else', async () => {
    const all = [await figures(), await projector.metrics(), await worker.metrics()].join('\n');
    const found = [...all.matchAll(/^# TYPE (baton_\w+) (\w+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    const docs = readFileSync(join(import.meta.dirname, '..', 'docs', 'metrics.md'), 'utf8');
    const told = [...docs.matchAll(/^\| `(baton_\w+)` *\| (\w+)/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    expect(told.toSorted()).toEqual(found.toSorted());
    const labels = (line: string) => [...line.matchAll(/(\w+)="/g)].map(([, name]) => name ?? '');
    for (const line of all.split('\n').filter((one) => one.startsWith('baton_'))) {
      const name = /^\w+/.exec(line)?.[0].replace(/_(bucket|count|sum)$/, '') ?? '';
      const [, known = ''] = new RegExp(`^\\| \`${name}\` *\\| \\w+ *\\|([^|]*)\\|`, 'm').exec(docs) ?? [];
      expect(
        labels(line).filter((label) => label !== 'le' && !known.includes(`\`${label}\``)),
        line,
      ).toEqual([]);
    }
  });

  test('tells of work that no worker serves, and of runs that nothing moves', async () => {
    await baton.publish(`
name: unserved
version: 1.0.0
steps:
  - { key: far, http: { url: "${echo.url}/echo" }, capability: nowhere }
`);
    const { id } = await baton.start({ workflow: 'unserved' });
    const wedged = {
      id: 'wedged',
      status: 'running',
      updated_at: '2026-01-01T00:00:00Z',
      active_since: null,
    };
    await until(async () => (await baton.steps(id))['far']?.status === 'running');
    await baton.database.query(
      `insert into workflow_runs select (jsonb_populate_record(r, $1)).* from workflow_runs r where id = $2`,
      [JSON.stringify(wedged), id],
    );
    await until(async () => {
      const text = await figures();
      return (
        value(text, 'baton_steps_unserved{queue="nowhere"}') === 1 && value(text, 'baton_runs_wedged') === 1
      );
    });
    await baton.call('POST', `/runs/${id}/cancel`, { reason: 'seen' });
  });
});

describe('the export', () => {
  let database: Database;
  let settings: OtlpSettings;
  const own = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T00:00:01.000Z' };

  beforeAll(async () => {
    database = openTestDatabase(await freshDatabase(), log);
    afterFile(() => database.end());
  });

  async function fill(count: number, prefix = 'x'): Promise<void> {
    const span = {
      ...{ parent: null, kind: 'internal', error: null, attributes: {}, events: [], links: [], ...own },
    };
    await database.query(
      `insert into trace_spans (run_id, span)
       select 'r', $1::jsonb || jsonb_build_object('id', lpad(to_hex(n), 16, '0'), 'name', $2 || n)
       from generate_series(1, $3::int) n`,
      [JSON.stringify(span), prefix, count],
    );
  }

  async function exporting(
    on: Collector,
    work: () => Promise<unknown>,
    more: {
      readonly backlog?: number;
      readonly database?: Pick<Database, 'query'>;
      readonly side?: number;
    } = {},
  ): Promise<void> {
    const config = readConfig({
      OTEL_EXPORTER_OTLP_ENDPOINT: on.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    });
    settings = otlpSettings(config) as OtlpSettings;
    const { backlog = 100_000, side = 1 } = more;
    const stop = new AbortController();
    const running = Array.from({ length: side }, () =>
      new SpanExport({
        ...{ database: more.database ?? database, settings, writer: otlpWriter(settings), backlog, log },
        signal: stop.signal,
      }).run(),
    );
    await work();
    stop.abort();
    await Promise.all(running);
  }

  const gone = () => until(async () => (await waiting(database)) === 0);

  test('of two projectors sends each span once', async () => {
    const on = await Collector.start();
    await fill(3_000);
    await exporting(on, gone, { side: 2 });
    const names = on.taken.map(({ name }) => name);
    expect(names).toHaveLength(3_000);
    expect(new Set(names).size).toBe(3_000);
  });

  test('that dies before its deletion is committed sends again under the same ids; after it, never', async () => {
    const on = await Collector.start();
    await fill(2);
    const dying: Pick<Database, 'query'> = {
      query: ((statement: { readonly text: string }) => {
        if (statement.text.includes('delete from trace_spans where id = any')) throw new Error('killed');
        return database.query(statement as never);
      }) as unknown as Database['query'],
    };
    await exporting(on, () => until(() => on.taken.length === 2), { database: dying });
    expect(await waiting(database)).toBe(2);
    // As if its time were over.
    await database.query(`update trace_spans set taken_until = now() - interval '1 s'`);
    await exporting(on, gone);
    await exporting(on, () => until(() => true));
    const ids = on.taken.map(({ spanId }) => spanId);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(2);
  });

  test('drops a span that is refused, and it alone', async () => {
    const on = await Collector.start();
    await fill(40);
    on.mood = (spans) => (spans.some(({ name }) => name === 'x17') ? 400 : 200);
    await exporting(on, gone);
    expect(on.taken.map(({ name }) => name)).not.toContain('x17');
    expect(on.taken).toHaveLength(39);
  });

  test('lets the oldest go where too many wait', async () => {
    const on = await Collector.start();
    on.mood = 'failing';
    await fill(100);
    await exporting(on, () => until(async () => (await waiting(database)) === 10), { backlog: 10 });
    on.mood = 'well';
    await exporting(on, gone);
    expect(on.taken.map(({ name }) => name).toSorted()[0]).toBe('x100');
    expect(on.taken).toHaveLength(10);
  });
});
