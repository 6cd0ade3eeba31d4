/**
 * An agent at work while every part of the stack is killed, one after another: it comes to its end, and no turn is paid
 * for twice except the one in flight.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { startFakeOpenAi } from '../support/fake-openai.ts';
import { OwnStack } from '../support/own-stack.ts';
import { until } from '../support/index.ts';

const TURNS = 24;
/** What is killed once the vendor has been asked this often. */
const KILLS: readonly (readonly [turn: number, words: string])[] = [
  [3, '--role activities'],
  [7, '--role workflows'],
  [10, 'projections/main'],
  [13, 'api/main'],
  [16, 'temporal server start-dev'],
];

const vendor = await startFakeOpenAi({
  answer: ({ messages }) => ({
    delayMs: 150,
    usage: { input: 90, output: 10 },
    ...(messages.filter(({ role }) => role === 'assistant').length < TURNS - 1
      ? { toolCalls: [{ name: 'write_file', arguments: { path: 'log.txt', content: 'x' } }] }
      : { reply: 'survived' }),
  }),
});
const stack = new OwnStack({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_MODEL: 'compatible/any',
  BATON_ALLOW_PRIVATE_NETWORK: '1',
});
afterFile(async () => {
  await stack.remove();
  await vendor.stop();
});

const DEFINITION = `
name: survivor
version: 1.0.0
workspace: {}
steps: [{ key: work, agent: code, prompt: Work, tools: [write_file], max_turns: 40 }]
`;

describe.runIf(process.platform === 'linux')('an agent', () => {
  it('survives the death of everything around it', async () => {
    expect(await stack.baton('up', '-d')).toMatchObject({ code: 0 });
    const file = join(stack.folder, 'survivor.yaml');
    writeFileSync(file, DEFINITION);
    const started = await stack.baton('run', file, '--id', 'survivor', '-o', 'json');
    expect(started, started.err).toMatchObject({ code: 0 });
    for (const [turn, words] of KILLS) {
      await until(() => vendor.requests.length >= turn, { describe: `turn ${turn}` });
      stack.signal(words, 'SIGKILL');
    }
    await until(() => vendor.requests.length >= TURNS);
    await until(async () => (await stack.baton('list', '-o', 'json')).out.includes('"completed"'));

    const status = await stack.baton('status', 'survivor', '-o', 'json');
    const run = JSON.parse(status.out) as Record<string, unknown>;
    expect(run).toMatchObject({ status: 'completed', output: 'survived', turns: TURNS, diverged: null });
    expect(run['total_tokens']).toBe(TURNS * 100);
    const paid = Object.values(vendor.counts());
    expect(paid).toHaveLength(TURNS);
    // Only what was in flight when the worker that asked, or the server it answers to, was killed.
    expect(vendor.requests.length - TURNS).toBeLessThanOrEqual(2);
    expect(Math.max(...paid)).toBeLessThanOrEqual(2);
    const verified = await stack.baton('verify', 'survivor');
    expect(verified, verified.out).toMatchObject({ code: 0 });
  }, 400_000);
});
