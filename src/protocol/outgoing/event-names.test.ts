import { describe, expect, test } from 'vitest';
import { EVENT_TYPES } from '../event.ts';
import { EVENT_WORDS, OCCASIONS, outgoingName, OUTGOING_EVENTS, TOLD_TYPES, wants } from './event-names.ts';

const run = (data: object) => ({ type: 'status_change', data: { scope: 'run', ...data } });
const step = (from: string, to: string) => ({ type: 'status_change', data: { scope: 'step', from, to } });
const question = (action: string, status: string) => ({ type: 'question', data: { action, status } });

test.each([
  [{ type: 'workflow_start', data: {} }, 'run.created'],
  [run({ from: 'pending', to: 'running' }), 'run.started'],
  [run({ from: 'running', to: 'paused', mode: 'after_turn' }), 'run.paused'],
  [run({ from: 'paused', to: 'paused', stricter: true }), null],
  [run({ from: 'paused', to: 'paused', drained: true }), null],
  [run({ from: 'paused', to: 'running' }), 'run.resumed'],
  [run({ from: 'running', to: 'running', cancelling: true }), 'run.cancelling'],
  [run({ from: 'cancelled', to: 'cancelled', redirected_to: 'b' }), 'run.redirected'],
  [run({ from: 'failed', to: 'running', action: 'continue' }), 'run.continued'],
  [{ type: 'complete', data: { status: 'timed_out' } }, 'run.timed_out'],
  [{ type: 'complete', data: { status: 'a later one' } }, null],
  [{ type: 'plan', data: { steps: [], revision: 0 } }, null],
  [{ type: 'plan', data: { added: ['a'], revision: 1 } }, 'run.plan_edited'],
  [step('pending', 'running'), 'step.started'],
  [step('waiting', 'running'), null],
  [step('running', 'retrying'), 'step.retrying'],
  [step('running', 'pending'), null],
  [step('pending', 'skipped'), 'step.skipped'],
  [question('asked', 'open'), 'question.asked'],
  [question('answered', 'open'), 'question.answered'],
  [question('closed', 'answered'), 'question.closed'],
  [question('closed', 'expired'), 'question.expired'],
  [question('closed', 'withdrawn'), 'question.withdrawn'],
  [question('postponed', 'open'), null],
  [{ type: 'limit', data: { reached: false } }, 'limit.near'],
  [{ type: 'limit', data: { reached: true } }, 'limit.reached'],
  [{ type: 'llm_complete', data: {} }, null],
  [{ type: 'complete', data: { status: 'constructor' } }, null],
])('%j is %s', (event, name) => {
  expect(outgoingName(event as never)).toBe(name);
});

test('nothing of another type has a name', () => {
  const others = EVENT_TYPES.filter((type) => !TOLD_TYPES.includes(type));
  expect(others.map((type) => outgoingName({ type, data: { status: 'completed' } }))).toEqual(
    others.map(() => null),
  );
});

describe('words', () => {
  test('mean names, families, occasions and all', () => {
    expect(wants(['*'], 'run.failed')).toBe(true);
    expect(wants(['run.*'], 'run.failed')).toBe(true);
    expect(wants(['step.*', 'run.completed'], 'run.failed')).toBe(false);
    expect(wants(['failure'], 'run.failed')).toBe(true);
    expect(wants(['failure'], 'step.failed')).toBe(false);
    expect(wants([], 'run.failed')).toBe(false);
  });

  test('each means something', () => {
    for (const word of EVENT_WORDS)
      expect(
        Object.keys(OUTGOING_EVENTS).some((name) => wants([word], name)),
        word,
      ).toBe(true);
    for (const names of Object.values(OCCASIONS))
      for (const name of names) expect(OUTGOING_EVENTS).toHaveProperty([name]);
  });

  test('that mean nothing ask for nothing', () => {
    expect(wants(['constructor', 'run.compleated'], 'run.failed')).toBe(false);
  });
});
