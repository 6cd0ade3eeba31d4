/** Runs whole: what their steps do, how people steer them, and what becomes of large and odd things. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBaton } from './support/baton.ts';
import type { Baton, RunJson } from './support/baton.ts';
import { until } from './support/index.ts';
import { recordHistory } from './support/record-history.ts';

/** Answers `size` characters for `/text?size=`, and holds `/hold` until the test lets it go. */
const held: (() => void)[] = [];
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/hold') return void held.push(() => response.end('held'));
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({ text: 'x'.repeat(Number(url.searchParams.get('size') ?? 1)), verdict: 'large' }),
  );
});
let baton: Baton;
let base: string;

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  baton = await startBaton({ BATON_ALLOW_PRIVATE_NETWORK: '1', BATON_ALLOW_COMMANDS: '1' });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Publishes a workflow under a name of its own, and starts it. */
async function start(name: string, steps: string, inputs: object = {}): Promise<string> {
  await baton.publish(`name: ${name}\nversion: 1.0.0\n${steps}`);
  return (await baton.start({ workflow: name, inputs })).id;
}

async function finish(name: string, steps: string, inputs?: object): Promise<RunJson> {
  const run = await baton.finished(await start(name, steps, inputs));
  expect(run.diverged).toBeNull();
  await recordHistory(name, run.id);
  return run;
}

/** Waits until a step holds its request open. */
const untilHeld = () => until(() => held.length > 0);
const letGo = () => held.splice(0).forEach((release) => release());

describe('values', () => {
  test('a result of 5 MB is stored by reference, read by conditions and transforms, and served whole', async () => {
    const run = await finish(
      'large-result',
      `inputs: { url: string }
steps:
  - { key: fetch, http: { url: "{{ url }}/text?size=5000000" } }
  - { key: judge, transform: "{{ size(fetch.result.body.text) }}", dependencies: [fetch], when: "fetch.result.body.verdict == 'large'" }
  - { key: never, transform: 1, dependencies: [fetch], when: "fetch.result.body.verdict == 'small'" }
outputs: "{{ judge.result }}"
`,
      { url: base },
    );
    expect(run).toMatchObject({ status: 'completed', output: 5_000_000 });
    const steps = await baton.steps(run.id);
    expect(steps['never']).toMatchObject({ status: 'skipped' });
    expect(steps['fetch']?.output).toMatchObject({ $blob: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const whole = await baton.call<{ body: { text: string } }>('GET', `/runs/${run.id}/steps/fetch/output`);
    expect(whole.body.body.text).toHaveLength(5_000_000);
  });

  test('a large input is stored by reference and reaches the step whole', async () => {
    const run = await finish(
      'large-input',
      `inputs: { text: string }
steps: [{ key: count, transform: "{{ size(text) }}" }]
`,
      { text: 'y'.repeat(500_000) },
    );
    expect(run).toMatchObject({ status: 'completed', output: 500_000 });
  });

  test('a command gets argv as it is, without a shell', async () => {
    const run = await finish(
      'command',
      `inputs: { word: string }
steps: [{ key: say, command: [printf, "%s", "{{ word }}"] }]
outputs: "{{ say.result.stdout }}"
`,
      { word: '$(whoami); {{ 1 + 1 }}' },
    );
    expect(run).toMatchObject({ status: 'completed', output: '$(whoami); {{ 1 + 1 }}' });
  });

  test('outputs, conditions and defaults over a diamond', async () => {
    const run = await finish(
      'diamond',
      `inputs: { depth: { type: integer, default: 2 } }
steps:
  - { key: top, transform: { n: "{{ depth }}" } }
  - { key: left, transform: "{{ top.result.n + 1 }}", dependencies: [top] }
  - { key: right, transform: "{{ top.result.n * 10 }}", dependencies: [top], when: "depth > 5" }
  - { key: last, transform: "{{ left.result }}", dependencies: [left, right], when: always() }
outputs: { left: "{{ left.result }}", right: "{{ default(right.result, 'none') }}" }
`,
    );
    expect(run).toMatchObject({ status: 'completed', output: { left: 3, right: 'none' } });
  });
});

describe('steering by API', () => {
  const HOLD = `inputs: { url: string }
steps:
  - { key: hold, http: { url: "{{ url }}/hold" } }
  - { key: after, transform: "'done'", dependencies: [hold] }
`;

  test('pause holds the next step back until it is lifted', async () => {
    const id = await start('pausing', HOLD, { url: base });
    await untilHeld();
    const paused = await baton.call<RunJson>('POST', `/runs/${id}/pause`, { reason: 'look first' });
    expect(paused).toMatchObject({
      status: 200,
      body: { is_paused: true, status: 'paused', pause_reason: 'look first' },
    });
    expect((await baton.call('POST', `/runs/${id}/pause`, {})).status).toBe(409);
    letGo();
    await until(async () => (await baton.run(id))['pause_drained_at'] !== null);
    expect((await baton.steps(id))['after']).toMatchObject({ status: 'pending' });
    expect((await baton.call('POST', `/runs/${id}/unpause`, {})).status).toBe(200);
    expect(await baton.finished(id)).toMatchObject({ status: 'completed', output: 'done', diverged: null });
    await recordHistory('paused', id);
  });

  test('cancel stops what runs and closes the execution CANCELED', async () => {
    const id = await start('cancelling', HOLD, { url: base });
    await untilHeld();
    const answer = await baton.call<RunJson>('POST', `/runs/${id}/cancel`, { reason: 'wrong branch' });
    expect([200, 202]).toContain(answer.status);
    const run = await baton.finished(id);
    expect(run).toMatchObject({ status: 'cancelled', terminal_reason: 'cancelled', diverged: null });
    expect(run['error_message'] ?? run.error?.message).toContain('wrong branch');
    expect((await baton.steps(id))['hold']).toMatchObject({ status: 'cancelled' });
    expect((await baton.call('POST', `/runs/${id}/cancel`, {})).status).toBe(409);
    held.length = 0;
    await recordHistory('cancelled', id);
  });
});

describe('failing', () => {
  test('fast: the sibling is cancelled, the clean-up runs, the run says which step', async () => {
    const id = await start(
      'failing-fast',
      `inputs: { url: string }
steps:
  - { key: hold, http: { url: "{{ url }}/hold" } }
  - { key: broken, command: ["false"], retry: { attempts: 2, initial: 10ms } }
  - { key: cleanup, transform: "'swept'", dependencies: [broken], when: always() }
`,
      { url: base },
    );
    const run = await baton.finished(id);
    held.length = 0;
    expect(run).toMatchObject({ status: 'failed', terminal_reason: 'failed', diverged: null });
    expect(run.error).toMatchObject({ step: 'broken' });
    const steps = await baton.steps(id);
    expect(steps['hold']).toMatchObject({ status: 'cancelled' });
    expect(steps['cleanup']).toMatchObject({ status: 'completed', output: 'swept' });
    expect(steps['broken']?.attempts).toHaveLength(2);
    await recordHistory('failing-fast', id);
  });

  test('a capability that nobody serves: the step says what it waits for', async () => {
    const id = await start(
      'capable',
      `steps: [{ key: train, command: ["true"], capability: no-such-gpu }]\n`,
    );
    const step = await until(
      async () => {
        const found = (await baton.steps(id))['train'];
        return typeof found?.['waiting_for'] === 'string' ? found : null;
      },
      { timeout: 20_000 },
    );
    expect(step['waiting_for']).toContain('no-such-gpu');
    await baton.call('POST', `/runs/${id}/cancel`, {});
    expect(await baton.finished(id)).toMatchObject({ status: 'cancelled', diverged: null });
  });
});
