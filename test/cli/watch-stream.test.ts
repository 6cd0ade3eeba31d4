/** `baton watch --stream` as a process of its own, beside Baton whole. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, test } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { startBaton, type Baton } from '../support/baton.ts';
import { openLink } from '../support/cuttable-link.ts';
import { startFakeOpenAi } from '../support/fake-openai.ts';
import { Gate } from '../support/gate.ts';
import { until } from '../support/index.ts';
import { followStream } from '../support/stream-reader.ts';
import { builtProgram } from '../support/built-program.ts';

const WORDS = ['Once ', 'upon ', 'a ', 'time ', 'there ', 'was.'];

const gates: Record<string, Gate> = {};
let failing = 0;
const vendor = await startFakeOpenAi({
  answer: ({ model }) => {
    const gate = (gates[model] ??= new Gate()).wait;
    if (failing-- > 0) return { chunks: ['False ', 'start'], streamError: 'server_error', gate };
    return { chunks: WORDS, gate };
  },
});
afterFile(() => vendor.stop());

let baton: Baton;
beforeAll(async () => {
  baton = await startBaton({ BATON_COMPATIBLE_BASE_URL: vendor.url, BATON_ALLOW_PRIVATE_NETWORK: '1' });
});

/** Starts a run of a workflow with these steps. */
async function start(name: string, ...steps: readonly string[]): Promise<string> {
  await baton.publish(
    `name: ${name}\nversion: 1.0.0\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}`,
  );
  return (await baton.start({ workflow: name, inputs: {} })).id;
}

const agent = (key: string, more = '') =>
  `{ key: ${key}, agent: plan, prompt: Work, model: compatible/${key}, dependencies: []${more} }`;

function watch(id: string, url: string, ...more: readonly string[]) {
  const env = { ...process.env, BATON_URL: url, NO_COLOR: '1' };
  const args = [...builtProgram('cli/main'), 'watch', id, '--stream', ...more];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number);
  return { said, ended };
}

describe('baton watch --stream', () => {
  test('prints what an agent says while it says it, and ends with the run', async () => {
    const gate = (gates['tale'] = new Gate());
    failing = 1;
    const id = await start('tale', agent('tale', ', retry: { attempts: 2, initial: 10ms }'));
    const { said, ended } = watch(id, baton.url);
    gate.open(2);
    await until(() => said.out.includes('── tale ──\nFalse start'));
    expect((await baton.run(id)).status).toBe('running');
    gate.open();
    expect(await ended).toBe(0);
    expect(said.out).toBe(
      '── tale ──\nFalse start\n' +
        '── tale is asked again (attempt 2): what it said above is void ──\n' +
        `── tale ──\n${WORDS.join('')}\n`,
    );
    expect(said.err).toMatch(/▶ tale {2}running/);
    expect(said.err).toMatch(new RegExp(`✓ completed.*\\n.*its result: baton output ${id}`));
  });

  test('as JSON tells each piece once, though the API goes away in the middle', async () => {
    const [left, right] = [(gates['left'] = new Gate()), (gates['right'] = new Gate())];
    const id = await start('pair', agent('left'), agent('right'));
    const api = new URL(baton.url);
    const link = await openLink(api.hostname, Number(api.port));
    const { said, ended } = watch(id, `http://127.0.0.1:${link.port}`, '-o', 'json');
    const direct = await followStream(baton.url, id);
    for (const gate of [left, right]) gate.open(2);
    await until(() => said.out.includes('"left"') && said.out.includes('"right"'));
    await link.cut();
    left.open();
    await until(() => direct.pieces.some(({ type }) => type === 'end'));
    await link.join();
    right.open();
    expect(await ended).toBe(0);
    await direct.ended;
    const pieces = said.out.split('\n').slice(0, -1);
    expect(pieces.map((line) => JSON.parse(line) as unknown)).toEqual(direct.pieces);
    const text = (step: string) =>
      direct.pieces.filter((piece) => piece.step === step).map(({ content }) => content);
    expect([text('left').join(''), text('right').join('')]).toEqual([WORDS.join(''), WORDS.join('')]);
    await link.cut();
  });

  test('says nothing of a run whose steps say nothing, and tells its end by the exit code', async () => {
    const good = await start('mute', '{ key: one, transform: 1 }');
    await baton.finished(good);
    const bad = await start('broken', '{ key: one, command: [no-such-program] }');
    await baton.finished(bad);
    const [first, second] = [watch(good, baton.url), watch(bad, baton.url, '-o', 'json')];
    expect([await first.ended, await second.ended]).toEqual([0, 1]);
    expect([first.said.out, second.said.out]).toEqual(['', '']);
  });
});
