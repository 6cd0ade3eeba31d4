/**
 * What the docs show is really done, on a Baton that runs: the first steps of docs/getting-started.md, every request of
 * curl, and every route that can be read. Each answer fits what OpenAPI says of it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../cli/run-command.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton, type Baton } from '../support/baton.ts';
import { until } from '../support/index.ts';
import { BLOCKS, documentOf, placeText } from './documents.ts';
import { OPERATIONS, misfit, operationFor, requestOf, type Operation } from './http-example.ts';
import { commandsOf, type ShellCommand } from './shell.ts';

const DEMO = new URL('../../examples/scripts/demo.yaml', import.meta.url);
/** A run of it asks, and nothing else happens until it is answered. */
const ASKING = `
name: asking
version: 1.0.0
steps:
  - { key: approve, ask: { prompt: 'Shall it be done?', approval: true } }
  - { key: code, agent: code, prompt: Do it, dependencies: [approve] }
`;
const ITS_AGENT = '  - { workflow: asking, step: code, reply: Done. }\n';

let baton: Baton;
const folder = mkdtempSync(join(tmpdir(), 'baton-docs-'));
afterFile(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  const script = join(folder, 'script.yaml');
  writeFileSync(script, `${readFileSync(DEMO, 'utf8').trimEnd()}\n${ITS_AGENT}`);
  baton = await startBaton({ BATON_SCRIPT: script, BATON_MODEL: 'scripted/demo' });
  await baton.publish(ASKING);
  const [review] = documentOf('docs/definitions.md').blocks;
  await baton.publish(review?.text ?? '');
});

describe('getting started', () => {
  it('validates, draws, runs and shows the first definition', async () => {
    const { blocks } = documentOf('docs/getting-started.md');
    const hello = blocks.find(({ text }) => text.startsWith('# hello.yaml'));
    const file = join(folder, 'hello.yaml');
    writeFileSync(file, hello?.text ?? '');
    const after = blocks.slice(blocks.indexOf(hello as never) + 1);
    const commands = commandsOf(after.filter(({ language }) => language === 'sh').slice(0, 2));
    expect(commands.length).toBeGreaterThan(5);
    let id = '';
    for (const { args, ...place } of commands) {
      const given = args.slice(1).map((arg) => (arg === 'hello.yaml' ? file : arg === 'RUN' ? id : arg));
      const ended = await runCommand({ BATON_URL: baton.url, BATON_HOME: baton.config.BATON_HOME }, given);
      expect(ended, `${placeText(place)}: ${ended.err}`).toMatchObject({ code: 0 });
      [{ id = '' } = {}] = await baton.items<{ id: string }>('/runs?workflow=hello');
    }
    expect(await baton.run(id)).toMatchObject({ output: { greeting: 'Hello Ada!', length: 10 } });
  });
});

describe('requests', () => {
  const shell = BLOCKS.filter(({ language, marks }) => language === 'sh' && !marks.includes('no-run'));
  const requests = commandsOf(shell).filter(({ program }) => program === 'curl');
  it.each(requests.map((command) => [placeText(command), command] as const))(
    '%s is answered',
    async (_, command) => {
      await expectAnswer(...(await madeReal(command)));
    },
  );
});

describe('routes', () => {
  type Values = Readonly<Record<string, string>>;
  /** Of a run that has ended, and of one that asks. */
  let [ended, asking]: Values[] = [];
  let webhook: Values = {};
  beforeAll(async () => {
    await baton.call('PUT', '/nodes/counter', { address: 'grpc://127.0.0.1:9', capabilities: ['count'] });
    const made = await baton.call<{ id: string }>('POST', '/webhooks', {
      url: 'https://hooks.team.example/',
    });
    const sent = await baton.call<{ id: string }>('POST', `/webhooks/${made.body.id}/test`, {});
    webhook = { webhook: made.body.id, delivery: sent.body.id };
    const { id } = await baton.start({
      workflow: 'code-review-workflow',
      inputs: { git_diff: 'diff --git a b' },
    });
    await baton.finished(id);
    [ended, asking] = [await valuesOf(id), await valuesOf((await newRun('postMessage')).id)];
  });

  const readable = OPERATIONS.filter(({ method }) => method === 'GET');
  it.each(readable.map((operation) => [operation.path, operation] as const))(
    'GET %s',
    async (path, operation) => {
      const urlFor = (values: Values = {}) =>
        baton.url +
        path
          .replace('sessions/{id}', 'sessions/{session}')
          .replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '-');
      await expectAnswer(operation, urlFor(ended), {}, path.includes('/blobs/') ? [404] : [200]);
      // One that is followed to its end has none.
      if (!path.endsWith('/stream')) await expectAnswer(operation, urlFor(asking), {}, [200, 404]);
    },
  );

  async function valuesOf(id: string): Promise<Values> {
    const { workflow, version } = await baton.run(id);
    const [step] = await baton.items<{ key: string; session_id: string | null }>(`/runs/${id}/steps`);
    const [message] = await baton.items<{ seq: number }>(`/runs/${id}/messages`);
    const values = {
      id,
      seq: '1',
      key: step?.key ?? '',
      message_id: String(message?.seq),
      hash: 'f'.repeat(64),
      code: 'run_closed',
      checkpoint: 'cp-1',
      node: 'counter',
      page: 'nodes',
      ...webhook,
      other: id,
    };
    return { ...values, session: step?.session_id ?? '', name: String(workflow), version: String(version) };
  }
});

type Sent = readonly [operation: Operation, url: string, init: RequestInit];

/** The request of an example, to this API, about a run in the state that it is for. */
async function madeReal({ args }: ShellCommand): Promise<Sent> {
  const { method, url, headers, body } = requestOf(args);
  const operation = operationFor(method, url.pathname);
  if (operation === undefined) throw new Error(`OpenAPI has no ${method} ${url.pathname}`);
  const run = /run-1|RUN|feature-\d/.test(url.pathname) ? await newRun(operation.operationId) : undefined;
  const path = url.pathname.replace(/run-1|RUN|feature-\d/, run?.id ?? '');
  const sent = body?.replace('question-1', run?.question ?? '').replace(/^@.*/, ASKING);
  const init = {
    method,
    headers: Object.fromEntries(headers),
    ...(sent === undefined ? {} : { body: sent }),
  };
  return [operation, `${baton.url}${path}${url.search}`, init];
}

/** A run that asks; or that has ended or is paused, where that is what the operation is about. */
async function newRun(operation: string): Promise<{ readonly id: string; readonly question: string }> {
  const { id } = await baton.start({ workflow: 'asking', by: 'eva' });
  const questions = () => baton.items<{ id: string }>(`/questions?run=${id}`);
  const [question] = await until(async () => ((await questions()).length > 0 ? questions() : undefined));
  if (/^(continue|stream|listRunEvents)/.test(operation)) {
    await baton.call('POST', `/runs/${id}/cancel`, {});
    await baton.finished(id);
  }
  if (/^(unpause|resume)/.test(operation)) await baton.call('POST', `/runs/${id}/pause`, {});
  return { id, question: question?.id ?? '' };
}

/** Asks, and holds the answer against OpenAPI. */
async function expectAnswer(
  { method, path, responses }: Operation,
  url: string,
  init: RequestInit,
  statuses?: readonly number[],
) {
  const response = await fetch(url, init);
  const text = await response.text();
  const said = `${method} ${path}: ${response.status} ${text.slice(0, 500)}`;
  expect(statuses?.includes(response.status) ?? response.ok, said).toBe(true);
  if (text === '') return;
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const { schema } = responses[response.status]?.content?.[type] ?? {};
  expect(schema, `${said}: OpenAPI does not know this answer (${type})`).toBeDefined();
  const values = type === 'text/event-stream' ? dataOf(text) : type.endsWith('json') ? [text] : [];
  for (const value of values) expect(misfit(schema ?? {}, JSON.parse(value)), said).toBeNull();
}

const dataOf = (stream: string): string[] =>
  [...stream.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data);
