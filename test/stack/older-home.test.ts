/**
 * A home that an older Baton left when all of it was killed at once (`test/recorded/v1-home`): today's stack takes it up.
 * What had ended reads the same, what was open goes on to its end, and everything is verified.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { obtainTemporalCli } from '../../src/stack/servers/temporal-cli.ts';
import { afterFile } from '../support/after-file.ts';
import { OwnStack } from '../support/own-stack.ts';
import { layHome } from '../support/recorded-home.ts';
import { until } from '../support/index.ts';
import type { Run } from '../../src/contract/run.ts';
import { hasEnded } from '../../src/protocol/status.ts';

type Json = Readonly<Record<string, unknown>>;
/** By id; of a run that had ended its lists as well. */
type Recorded = Readonly<Record<string, RecordedRun>>;
interface RecordedRun {
  readonly run: Json;
  readonly [list: string]: Json | readonly Json[];
}

const RECORDED = new URL('../recorded/v1-home/', import.meta.url);
/** Another one cannot read Temporal's file. */
const TEMPORAL = '1.8.2';

/** What the runs that were open come to, once people have said what they have to say. */
const OUTPUTS: Readonly<Record<string, unknown>> = {
  long: 'after 0',
  waiting: 'Good morning after 1m',
  'backing-off': 'It was worth the wait.',
  'backing-off-command': expect.objectContaining({ stdout: 'ready\n' }),
  paused: 'Good morning after 10s',
  'paused-in-a-turn': 'Asked again.',
  'paused-between-turns': 'Three turns.',
  asking: 'The change is made.',
  'asks-for-more': 'It is tidy.',
  'asks-a-person': 'Blue it is.',
  'wants-a-yes': 'Written.',
  'tool-under-way': 'It ran.',
  thinking: 'Slow and right.',
  'at-work': 'Four turns.',
  'at-its-limit': 'It is tidy.',
};

const { version } = await obtainTemporalCli(readConfig().BATON_CACHE, () => undefined);
const canRun = process.platform === 'linux' && version === TEMPORAL;

describe.runIf(canRun)(`a home of version 1 (on Linux, with Temporal CLI ${TEMPORAL})`, () => {
  const stack = new OwnStack({
    BATON_SCRIPT: new URL('script.yaml', RECORDED).pathname,
    BATON_ALLOW_COMMANDS: '1',
  });
  const inWorkspace = (run: string, file: string) => join(stack.home, `workspaces/run-${run}/1`, file);
  let recorded: Recorded = {};

  beforeAll(async () => {
    recorded = await layHome<Recorded>(RECORDED, stack);
    writeFileSync(inWorkspace('backing-off-command', 'ready.txt'), 'ready\n');
    writeFileSync(inWorkspace('tool-under-way', 'go'), '');
  });
  afterFile(() => stack.remove());

  it('is taken up', async () => {
    const up = await stack.baton('up', '-d');
    expect(up, up.err).toMatchObject({ code: 0 });
  });

  it('reads as it did where a run had ended', async () => {
    const ended = Object.entries(recorded).filter(([, { steps }]) => steps !== undefined);
    expect(ended.length).toBeGreaterThan(8);
    for (const [id, { run, ...lists }] of ended) {
      expect(await ask('GET', `/runs/${id}`)).toMatchObject(run);
      for (const [part, items] of Object.entries(lists))
        expect(await itemsOf(`/runs/${id}/${part}?limit=200`), `${id} ${part}`).toMatchObject(items);
    }
  });

  it('goes on where a run was open, once people have said what they were asked', async () => {
    await say('paused', 'resume');
    await say('paused-between-turns', 'resume');
    await answer('asking', { by: 'eva', decision: 'approve' });
    await answer('asks-for-more', { answer: { additional_turns: 3 } });
    await answer('asks-a-person', { answer: 'blue' });
    await answer('wants-a-yes', { decision: 'approve' });
    await say('at-its-limit', 'continue', { additional_turns: 3 });

    for (const [id, output] of Object.entries(OUTPUTS)) {
      await until(async () => hasEnded(await ask<Run>('GET', `/runs/${id}`)), {
        describe: () => ask('GET', `/runs/${id}`),
      });
      expect(await ask('GET', `/runs/${id}`), id).toMatchObject({
        status: 'completed',
        output,
        diverged: null,
      });
    }
    expect(readFileSync(inWorkspace('at-work', 'log.txt'), 'utf8')).toBe('first, third');
    expect(await ask('GET', '/runs/at-work/messages/m-tabs')).toMatchObject({ action_status: 'processed' });
  });

  it('is verified whole, once its rows are written anew', async () => {
    await until(async () => (await stack.baton('verify', '--no-temporal')).code === 0);
    const { code, out } = await stack.baton('verify', '-o', 'json');
    const verdicts = JSON.parse(out) as Json[];
    expect(verdicts.filter(({ ok }) => ok !== true)).toEqual([]);
    expect(verdicts.map(({ run_id: id }) => id).toSorted()).toEqual(Object.keys(recorded).toSorted());
    expect(code).toBe(0);
  });

  async function ask<T = Json>(method: string, path: string, body?: Json): Promise<T> {
    const response = await fetch(`${stack.info().api}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expect(response.ok, `${method} ${path}: ${text}`).toBe(true);
    return JSON.parse(text) as T;
  }

  const say = (run: string, what: string, body: Json = {}) =>
    ask('POST', `/runs/${run}/${what}`, { by: 'ben', ...body });

  async function answer(run: string, body: Json): Promise<void> {
    const [question] = await itemsOf(`/questions?run=${run}`);
    await say(run, 'answers', { question: question?.['id'], ...body });
  }

  const itemsOf = async (path: string) => (await ask<{ items: readonly Json[] }>('GET', path)).items;
});
