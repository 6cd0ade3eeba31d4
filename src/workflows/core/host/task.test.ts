import { expect, test } from 'vitest';
import { INTERPRETER_VERSION } from '../../../protocol/envelope.ts';
import type { Fact, Start } from '../kernel/contract.ts';
import { planOf, step } from '../testing/plans.ts';
import { NOT_BEGUN, playTask } from './task.ts';

const AT = { now: 1_000, historyLength: 3, continueSuggested: false };
const NAMED = { name: { type: 'string', required: true, description: null } } as const;
const PAUSE: Fact = { type: 'signal', name: 'pause', payload: { mode: 'now', timeout_ms: 0 } };

function play(inputs: object, ...facts: readonly Fact[]) {
  const plan = planOf([step('a'), step('w', [], { spec: { kind: 'wait', duration: '1s' } })], {
    inputs: NAMED,
  });
  const envelope = { interpreter: INTERPRETER_VERSION, plan, epoch: 0, labels: {}, startedBy: null };
  const start: Start = { runId: 'r', workflow: 'w', firstExecutionId: 'e', inputs, envelope };
  return playTask(NOT_BEGUN, {
    start,
    facts: facts.map((fact) => ({ fact, from: 'history' })),
    at: AT,
    fromTask: (fact) => ({ fact, from: 'task' }),
  });
}

test('the start is decided before the first facts, and all of it in one task', () => {
  const { commands, decisions, notes } = play({ name: 'x' }, {
    ...PAUSE,
    payload: { timeout_ms: 0 },
  } as Fact);
  expect(decisions).toHaveLength(2);
  expect(commands).toMatchObject([{ type: 'schedule', id: 'a#1' }]);
  const sources = notes.filter(({ note }) => note.type === 'command').map(({ source }) => source?.from);
  expect(sources).toEqual(['history']);
});

test('what is begun and stopped in one task reaches no server, and the workflow hears that it was stopped', () => {
  const { state, commands, underway, notes } = play({ name: 'x' }, PAUSE);
  expect(commands).toEqual([]);
  expect(underway).toEqual({ activities: new Map(), timers: new Set() });
  expect(state.steps['a']).toMatchObject({ status: 'pending', attempt: 1 });
  expect(notes.map(({ source }) => source?.from)).toContain('task');
});

test('what comes to an execution that closes at its start is given back', () => {
  const { commands, unread } = play({}, PAUSE);
  expect(commands).toMatchObject([{ type: 'close', status: 'failed', failureType: 'inputs_invalid' }]);
  expect(unread).toEqual([{ fact: PAUSE, from: 'history' }]);
});
