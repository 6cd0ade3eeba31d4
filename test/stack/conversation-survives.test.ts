/**
 * People who talk to a run while every part of the stack is killed, one after another: nothing they were promised is
 * lost, doubled or out of their order, neither in the thread nor before the agent. And a paused run rests through a
 * restart of everything.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { startFakeOpenAi } from '../support/fake-openai.ts';
import type { FakeRequest } from '../support/fake-openai.ts';
import { until } from '../support/index.ts';
import { OwnStack } from '../support/own-stack.ts';
import { Sender } from '../support/sender.ts';
import type { RunMessage } from '../../src/contract/message.ts';
import type { Page } from '../../src/contract/shared/common.ts';
import type { Step } from '../../src/contract/step.ts';

const KILLS = [
  '--role activities',
  '--role workflows',
  'projections/main',
  'api/main',
  'temporal server start-dev',
];
/** What must have happened since the last one was killed before the next one is. */
const BETWEEN = { turns: 3, messages: 8 };

/** Models whose agents may come to their end. */
const mayEnd = new Set<string>(['brief']);
const vendor = await startFakeOpenAi({
  answer: ({ model }) => ({
    delayMs: 150,
    ...(mayEnd.has(model)
      ? { reply: 'done' }
      : { toolCalls: [{ name: 'write_file', arguments: { path: 'log.txt', content: 'x' } }] }),
  }),
});
const stack = new OwnStack({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_MODEL: 'compatible/brief',
  BATON_ALLOW_PRIVATE_NETWORK: '1',
});
afterFile(async () => {
  await stack.remove();
  await vendor.stop();
});

const agent = (key: string, model: string, more = ''): string =>
  `  - { key: ${key}, agent: code, model: compatible/${model}, prompt: Work, tools: [write_file], max_turns: 2000${more} }`;

async function startRun(name: string, steps: readonly string[]): Promise<void> {
  const file = join(stack.folder, `${name}.yaml`);
  writeFileSync(file, `name: ${name}\nversion: 1.0.0\nworkspace: {}\nsteps:\n${steps.join('\n')}\n`);
  const started = await stack.baton('run', file, '--id', name, '-o', 'json');
  expect(started, started.err).toMatchObject({ code: 0 });
}

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(`${stack.info().api}/api/v1/runs/${path}`);
  return (await answer.json()) as T;
}

async function post(path: string, body: object): Promise<void> {
  const answer = await fetch(`${stack.info().api}/api/v1/runs/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.ok, `${path}: ${answer.status}`).toBe(true);
}

/** What people said, in the thread's order. */
async function thread(runId: string): Promise<RunMessage[]> {
  const messages: RunMessage[] = [];
  for (let after: string | null = '0'; after !== null;) {
    const page: { items: RunMessage[]; next_cursor: string | null } = await get(
      `${runId}/messages?message_type=user&limit=100&after=${after}`,
    );
    messages.push(...page.items);
    after = page.next_cursor;
  }
  return messages;
}

async function completed(runId: string): Promise<void> {
  let seen = '';
  await until(async () => (seen = (await get<{ status: string }>(runId)).status) === 'completed', {
    describe: () => `run ${runId} completes; it is ${seen}`,
  });
  const verified = await stack.baton('verify', runId);
  expect(verified, verified.out).toMatchObject({ code: 0 });
}

const requestsOf = (model: string): FakeRequest[] => vendor.requests.filter((one) => one.model === model);

/** The instructions that stand in a request, in their order, each as often as it stands there. */
function instructionsIn({ messages }: FakeRequest): string[] {
  const said = messages.filter(({ role }) => role === 'user').map(({ content }) => JSON.stringify(content));
  return said.join('\n').match(/instruction \w+\/\d+/g) ?? [];
}

/** Talks until told to stop: instructions, some of which interrupt, and comments in turn; some are sent twice. */
async function talk(sender: Sender, isOver: () => boolean): Promise<void> {
  for (let n = 1; !isOver(); n++) {
    const text = `${sender.name}/${n}`;
    if (n % 2 === 0) await sender.say('comment', `comment ${text}`);
    else await sender.say('instruction', `instruction ${text}`, n % 5 === 0 ? { delivery: 'interrupt' } : {});
    if (n % 4 > 1) await sender.repeat();
  }
}

/** Kills each part once the others show that they have got over the one before. */
async function killAll(model: string, senders: readonly Sender[]): Promise<void> {
  const progress = () => ({
    turns: requestsOf(model).length,
    messages: senders.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
  });
  for (const words of [...KILLS, null]) {
    const since = progress();
    await until(
      () => {
        const { turns, messages } = progress();
        return turns - since.turns >= BETWEEN.turns && messages - since.messages >= BETWEEN.messages;
      },
      { describe: () => ({ before: words, since, now: progress() }) },
    );
    if (words !== null) stack.signal(words, 'SIGKILL');
  }
}

describe.runIf(process.platform === 'linux')('a conversation', () => {
  beforeAll(async () => {
    const up = await stack.baton('up', '-d');
    if (up.code !== 0) throw new Error(up.err);
  });

  it('survives the death of everything around it', async () => {
    await startRun('talkative', [agent('work', 'busy')]);
    const senders = ['ann', 'bob'].map((name) => new Sender(name, () => stack.info().api, 'talkative'));
    let isOver = false;
    const talking = Promise.all(senders.map((sender) => talk(sender, () => isOver)));
    await killAll('busy', senders).finally(() => (isOver = true));
    await talking;
    mayEnd.add('busy');
    await completed('talkative');

    const told = await thread('talkative');
    expect(told.map(({ action_status }) => action_status)).toEqual(told.map(() => 'processed'));
    for (const { name, acknowledged } of senders) {
      const ours = told.filter(({ message_id }) => message_id?.startsWith(`${name}-`));
      expect(
        ours.map(({ message_id: id, action_type: action, content }) => ({ id, action, content })),
      ).toEqual(acknowledged);
    }
    expect(told).toHaveLength(senders.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0));

    const instructions = told.flatMap(({ action_type, content }) =>
      action_type === 'instruction' ? [content] : [],
    );
    const heard = requestsOf('busy').map(instructionsIn);
    expect(heard.at(-1)).toEqual(instructions);
    // A session only grows: whatever was asked again after a death, was asked with the same before it.
    for (const request of heard) expect(request).toEqual(instructions.slice(0, request.length));
  }, 400_000);

  it('rests in a pause through a restart of everything', async () => {
    await startRun('resting', [
      agent('left', 'steady'),
      agent('right', 'steady'),
      agent('after', 'brief', ', dependencies: [left, right]'),
    ]);
    await until(() => requestsOf('steady').length >= 4);
    await post('resting/pause', { mode: 'after_turn', reason: 'over lunch', timeout: 0 });
    await until(async () => (await get<{ pause_drained_at: string | null }>('resting')).pause_drained_at);
    const asked = requestsOf('steady').length;
    // What is seen of an activity may stay some seconds longer than the activity.
    const steps = await until(async () => {
      const page = await get<Page<Step>>('resting/steps');
      return page.items.every(({ process }) => process === null) && page;
    });

    expect(await stack.baton('down')).toMatchObject({ code: 0 });
    expect(await stack.baton('up', '-d')).toMatchObject({ code: 0 });
    const ann = new Sender('ann', () => stack.info().api, 'resting');
    await ann.say('instruction', 'instruction ann/1', { target: 'left' });
    await ann.say('comment', 'still there?');
    await until(async () => (await thread('resting')).some(({ content }) => content === 'still there?'));
    // Whatever could have begun, had the time that another run takes from its start to its end.
    await startRun('beside', [agent('work', 'brief')]);
    await completed('beside');
    expect(await get<object>('resting')).toMatchObject({
      status: 'paused',
      is_paused: true,
      pause_reason: 'over lunch',
      pause: { mode: 'after_turn', busy: 2, drained: 2 },
    });
    expect(requestsOf('steady')).toHaveLength(asked);
    expect(await get<object>('resting/steps')).toEqual(steps);
    expect((await thread('resting')).map(({ action_status }) => action_status)).toEqual([
      'processed',
      'pending',
      'processed',
    ]);

    mayEnd.add('steady');
    await post('resting/unpause', {});
    await completed('resting');
    const told = await thread('resting');
    expect(told.map(({ action_status }) => action_status)).toEqual(told.map(() => 'processed'));
    const heard = requestsOf('steady').slice(asked).map(instructionsIn);
    expect(heard.toSorted()).toEqual([[], ['instruction ann/1']]);
  });
});
