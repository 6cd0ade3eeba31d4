/** Real runs rehearsed against changed definitions, saved as tests, and asked why their steps are where they are. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunStateAt } from '../src/contract/past/state.ts';
import type { StepWhy } from '../src/contract/past/why.ts';
import type { Rehearsal } from '../src/rehearsal/index.ts';
import { runCommand } from './cli/run-command.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { until } from './support/index.ts';
import { temporaryHome } from './support/temporary-home.ts';

/** The first request of each run to `…/flaky` fails. */
const asked = new Set<string>();
const server = createServer((request, response) => {
  const path = request.url ?? '';
  const fails = path.endsWith('/flaky') && !asked.has(path);
  asked.add(path);
  response.writeHead(fails ? 503 : path.endsWith('/none') ? 404 : 200, {
    'content-type': 'application/json',
  });
  response.end(JSON.stringify({ ok: true, text: 'x'.repeat(path.endsWith('/large') ? 50_000 : 1) }));
});
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
afterFile(async () => {
  server.closeAllConnections();
  server.close();
});
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const baton = await startBaton({ BATON_ALLOW_PRIVATE_NETWORK: '1' });
const home = temporaryHome();

const text = (changes: readonly (readonly [string, string])[] = []) =>
  changes.reduce(
    (all, [from, to]) => {
      expect(all).toContain(from);
      return all.replace(from, to);
    },
    `
name: ship
version: 1.0.0
inputs: { name: string, deploy: boolean }
steps:
  - { key: fetch, http: { url: "${url}/{{ name }}/flaky" }, retry: { attempts: 2, initial: 10ms } }
  - { key: large, http: { url: "${url}/{{ name }}/large" }, dependencies: [fetch] }
  - { key: size, transform: "{{ size(large.result.body.text) }}", dependencies: [large] }
  - { key: rest, http: { url: "${url}/{{ name }}/none" }, on_error: { fallback: { status: 0 } } }
  - { key: deploy, http: { method: POST, url: "${url}/{{ name }}/deploy" }, dependencies: [size, rest], when: "inputs.deploy && size.result > 10" }
outputs: { size: "{{ size.result }}", rest: "{{ rest.result.status }}" }
`,
  );
const fileOf = (name: string, changes: readonly (readonly [string, string])[] = []) => {
  const file = join(home, name);
  writeFileSync(file, text(changes));
  return file;
};
const cli = (...args: string[]) => runCommand({ BATON_URL: baton.url }, args);
const rehearsed = async (...args: string[]) => {
  const { code, out, err } = await cli('rehearse', ...args, '-o', 'json');
  return { code, err, items: out === '' ? [] : (JSON.parse(out) as { items: Rehearsal[] }).items };
};

let [first, second] = ['', ''];
beforeAll(async () => {
  await baton.publish(text());
  ({ id: first } = await baton.start({ workflow: 'ship', inputs: { name: 'one', deploy: true } }));
  ({ id: second } = await baton.start({ workflow: 'ship', inputs: { name: 'two', deploy: false } }));
  for (const id of [first, second]) await baton.finished(id);
});

describe('rehearsals', () => {
  test('of the same definition go the same way', async () => {
    const same = await rehearsed(fileOf('same.yaml'));
    expect(same).toMatchObject({
      code: 0,
      items: [
        { run: second, verdict: 'same', same_output: true, breaks: [], unknown: [], assumed: [] },
        { run: first, verdict: 'same', same_output: true, breaks: [], unknown: [], assumed: [] },
      ],
    });
    expect(asked.has('/one/deploy')).toBe(true);
    const told = await cli('rehearse', fileOf('same.yaml'), '--run', first);
    expect(told.out).toMatch(new RegExp(`^same +${first}\n1 run: 1 the same$`, 'm'));
  });

  test('tell what parts, what breaks, and what is assumed, by exit codes too', async () => {
    const before = asked.size;
    const other = fileOf('other.yaml', [['size.result > 10', 'size.result > 1000000']]);
    const expected = await rehearsed(other, '--run', first);
    expect(expected).toMatchObject({
      code: 0,
      items: [
        {
          verdict: 'expected',
          difference: {
            step: 'deploy',
            was: 'completed',
            is: 'skipped',
            condition: { values: expect.arrayContaining([{ name: 'steps.size.result', value: 50_000 }]) },
          },
        },
      ],
    });
    const through = fileOf('through.yaml', [['size(large.result.body.text)', '1']]);
    expect(await rehearsed(through)).toMatchObject({
      code: 4,
      items: [{ verdict: 'same' }, { verdict: 'parts' }],
    });
    const broken = fileOf('broken.yaml', [['large.result.body.text', 'large.result.body.words']]);
    const told = await cli('rehearse', broken, '--run', first);
    expect(told).toMatchObject({ code: 1, out: expect.stringContaining('size would break (reference): ') });
    const assumed = fileOf('assumed.yaml', [['/large"', '/huge"']]);
    expect(await rehearsed(assumed, '--run', first)).toMatchObject({
      code: 0,
      items: [{ assumed: ['large'] }],
    });
    expect(asked.size).toBe(before);
  });

  test('are saved as a test, which is played without a stack', async () => {
    const saved = join(home, 'ship.test.yaml');
    expect(await cli('rehearse', '--save', saved, first)).toMatchObject({ code: 0 });
    expect(readFileSync(saved, 'utf8')).toContain('baton_test: 1');
    expect(await cli('rehearse', '--save', saved, first)).toMatchObject({
      code: 2,
      err: expect.stringContaining('there already'),
    });
    const offline = (...args: string[]) => runCommand({ BATON_URL: 'http://127.0.0.1:1' }, args);
    const [same, other] = [
      fileOf('same.yaml'),
      fileOf('other.yaml', [['size.result > 10', 'size.result > 1000000']]),
    ];
    expect(await offline('rehearse', same, '--against', saved)).toMatchObject({ code: 0 });
    const parted = await offline('rehearse', other, '--against', saved);
    expect(parted).toMatchObject({
      code: 4,
      out: expect.stringContaining('deploy: completed before, skipped now'),
    });
    writeFileSync(saved, readFileSync(saved, 'utf8').replace('status: completed', 'status: done'));
    expect(await offline('rehearse', same, '--against', saved)).toMatchObject({ code: 2 });
  });

  test('of nothing are no success', async () => {
    const other = fileOf('nobody.yaml', [['name: ship', 'name: nobody']]);
    expect(await cli('rehearse', other)).toMatchObject({
      code: 2,
      err: expect.stringContaining('nothing to rehearse'),
    });
    const bad = fileOf('bad.yaml', [['dependencies: [fetch]', 'dependencies: [fetched]']]);
    expect(await cli('rehearse', bad)).toMatchObject({ code: 1, err: expect.stringContaining('fetched') });
  });
});

describe('why', () => {
  test('is told of an open run: what it waits for, and who holds it', async () => {
    await baton.publish(`
name: gate
version: 1.0.0
steps:
  - { key: ask, ask: { prompt: "Go on?", approval: true } }
  - { key: go, http: { url: "${url}/gate/go" }, dependencies: [ask] }
`);
    const { id } = await baton.start({ workflow: 'gate' });
    await until(async () => (await baton.steps(id))['ask']?.status === 'waiting');
    const asking = await cli('why', id, 'ask');
    expect(asking.out).toMatch(/: waiting, attempt 1\nwaits for an answer to /);
    expect((await cli('why', id, 'go')).out).toContain('waits for ask (waiting)');
    await cli('step', 'hold', id, 'go', '--reason', 'not yet');
    await cli('answer', id, '--approve');
    await until(async () => (await baton.steps(id))['ask']?.status === 'completed');
    expect((await cli('why', id, 'go')).out).toMatch(/^waits because it is held by .*: not yet$/m);
    await cli('step', 'release', id, 'go');
    await baton.finished(id);
    const { body } = await baton.call<StepWhy>('GET', `/runs/${id}/steps/go/why`);
    expect(body.waits_for).toEqual([]);
    expect(body.decisions.map(({ decision }) => decision)).toEqual([
      ...['waited', 'held', 'waited', 'waited', 'released', 'ran', 'completed'],
    ]);
    const { body: state } = await baton.call<RunStateAt>('GET', `/runs/${id}/state`);
    expect(state.plan).toMatchObject({ workflow: 'gate', version: '1.0.0', revision: 0 });
    expect((await cli('state', id)).out).toMatch(/^plan gate@1\.0\.0, sha256:/m);
  });

  test('shows the condition of a step and the rule of a retry', async () => {
    const deploy = await cli('why', second, 'deploy');
    expect(deploy.out).toMatch(/inputs\.deploy = false\n.*steps\.size\.result = 50000\n/);
    expect((await cli('why', first, 'fetch')).out).toMatch(
      /attempt 1 failed, http_status: .*\n +try 1 of 2, again after \d+ ms/,
    );
    expect(await cli('why', first, 'nothing')).toMatchObject({
      code: 2,
      err: expect.stringContaining('step_not_found'),
    });
    expect(await cli('why', first, 'fetch', '--at', '9999')).toMatchObject({ code: 2 });
  });
});
