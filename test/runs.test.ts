/** Runs whole: what their steps do, how people steer them, and what becomes of large and odd things. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import type { RunNow } from '../src/contract/run.ts';
import type { Baton } from './support/baton.ts';
import { until } from './support/index.ts';
import { recordHistory } from './support/record-history.ts';

/** More than a double can hold. */
const ID = '7615917337495251231';

/**
 * Answers `size` characters for `/text?size=`, a large whole number at `/id`, what is no number at `/endless`, an error
 * at `/refused`, and holds `/hold` until the test lets it go.
 */
const held: (() => void)[] = [];
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/hold') return void held.push(() => response.end('held'));
  response.setHeader('content-type', 'application/json');
  if (url.pathname === '/id') return void response.end(`{"zeta":1,"id":${ID},"alpha":2}`);
  if (url.pathname === '/endless') return void response.end('{"id":1e400}');
  if (url.pathname === '/refused') {
    response.statusCode = 422;
    return void response.end(`{"why":"no such id","id":${ID}}`);
  }
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
afterFile(() => {
  server.closeAllConnections();
  server.close();
});

/** Publishes a workflow under a name of its own, and starts it. */
async function start(name: string, steps: string, inputs: object = {}): Promise<string> {
  await baton.publish(`name: ${name}\nversion: 1.0.0\n${steps}`);
  return (await baton.start({ workflow: name, inputs })).id;
}

async function finish(name: string, steps: string, inputs?: object): Promise<RunNow> {
  const run = await baton.finished(await start(name, steps, inputs));
  expect(run.diverged).toBeNull();
  await recordHistory(name, run.id);
  return run;
}

/** Waits until a step holds its request open. */
const untilHeld = () => until(() => held.length > 0);
const letGo = () => held.splice(0).forEach((release) => release());

describe('values', () => {
  test('whole numbers, the order of maps and the words of failures come through whole', async () => {
    const name = 'exact';
    await baton.publish(`name: ${name}
version: 1.0.0
inputs: { zulu: any, url: string, alpha: { type: integer, default: ${ID} } }
steps:
  - { key: fetch, http: { url: "{{ url }}/id" } }
  - { key: refused, http: { url: "{{ url }}/refused" }, onError: continue }
  - { key: endless, http: { url: "{{ url }}/endless" }, onError: continue }
  - key: tests
    command: [sh, -c, "echo FAILED login; exit 3"]
    retry: { attempts: 2, initial: 1ms, if: error.stdout_tail.contains("nothing") }
    onError: { fallback: { zeta: "{{ error.exit_code }}", alpha: "{{ error.stdout_tail }}" } }
  - key: same
    dependencies: [fetch]
    when: fetch.result.body.id == ${ID} && zulu == fetch.result.body.id && zulu + 1 > alpha
    transform: "{{ fetch.result.body }}"
outputs:
  same: "{{ same.result }}"
  refused: "{{ refused.error.body.id }} {{ refused.error.status }}"
  endless: "{{ endless.error.type }}"
  tests: "{{ tests.result }}"
`);
    const request = (path: string, init?: RequestInit) =>
      fetch(`${baton.url}/api/v1${path}`, { ...init, headers: { 'content-type': 'application/json' } });
    const started = (id: string) =>
      request('/runs', {
        method: 'POST',
        body: `{"workflow":"${name}","inputs":{"zulu":${id},"url":"${base}"}}`,
      });
    expect(await (await started('1e400')).json()).toMatchObject({ code: 'number_out_of_range' });
    const { id } = (await (await started(ID)).json()) as RunNow;
    const run = await baton.finished(id);
    expect(run).toMatchObject({ status: 'completed', diverged: null });
    const shown = await (await request(`/runs/${id}`)).text();
    expect(shown).toContain(`"inputs":{"zulu":${ID},"url":"${base}","alpha":${ID}}`);
    const same = `"same":{"zeta":1,"id":${ID},"alpha":2}`;
    const words = `"refused":"${ID} 422","endless":"number_out_of_range"`;
    expect(shown).toContain(`"output":{${same},${words},"tests":{"zeta":3,"alpha":"FAILED login\\n"}}`);
    const events = await (await request(`/runs/${id}/events`)).text();
    expect(events).toContain('"exit_code":3,"stdout_tail":"FAILED login\\n"');
    const { attempts } = (await baton.steps(id))['tests'] ?? {};
    expect(attempts).toMatchObject([{ error: { exit_code: 3, stderr_tail: '' } }]);
  });

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
    const paused = await baton.call<RunNow>('POST', `/runs/${id}/pause`, { reason: 'look first' });
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
    const answer = await baton.call<RunNow>('POST', `/runs/${id}/cancel`, { reason: 'wrong branch' });
    expect([200, 202]).toContain(answer.status);
    const run = await baton.finished(id);
    expect(run).toMatchObject({ status: 'cancelled', terminal_reason: 'cancelled', diverged: null });
    expect(run.error_message ?? run.error?.message).toContain('wrong branch');
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
    const step = await until(async () => {
      const found = (await baton.steps(id))['train'];
      return typeof found?.['waiting_for'] === 'string' ? found : null;
    });
    expect(step['waiting_for']).toContain('no-such-gpu');
    await baton.call('POST', `/runs/${id}/cancel`, {});
    expect(await baton.finished(id)).toMatchObject({ status: 'cancelled', diverged: null });
  });
});
