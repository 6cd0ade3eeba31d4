/** The rows of a state are the same, whichever way the fold has come to it. */
import { expect, test } from 'vitest';
import { turn } from '../../testing/answers.ts';
import { foldInPages } from '../../testing/tables.ts';
import type { History, Tables } from '../../testing/tables.ts';
import { World } from '../../testing/world.ts';
import type { RecordedEvent } from './recorded-event.ts';
import { RunFold } from './run-fold.ts';
import type { StepRow } from '../../tables/projected/workflow-step-executions.ts';
import { agentStep, planOf, retries, step } from '../../workflows/core/testing/plans.ts';

const PLAN = planOf(
  [step('a', [], { retry: retries(2) }), agentStep('b', ['a']), step('c', ['a']), step('d', ['b', 'c'])],
  { agents: {}, maxParallel: 2 },
);

/** Fails, is tried again, pauses, is told something, completes. */
function eventfulWorld(): World {
  const history = new World(PLAN).task().fail('a').task().fireNext();
  history.task().complete('a').task();
  history.signal('instruction', { id: 'm1', content: 'be brief', target: 'b' }).task();
  history.signal('pause', { reason: 'wait', by: 'ann', timeout_ms: 0 }).task().complete('c').task();
  history.reply('b', turn('h1')).task().signal('resume').task();
  return history;
}

/** What a state says of a step; the row's figures are those of its calls. */
const said = ({ status, attempt, reason, error, output, started_at, completed_at, tolerated }: StepRow) => ({
  ...{ status, attempt, reason, error, output, started_at, completed_at, tolerated },
});

function shown({ run, steps, questions, messages }: Tables) {
  return {
    status: run?.status,
    paused: [run?.is_paused, run?.pause_requested_at, run?.pause_reason, run?.pause],
    plan: [run?.version, run?.inputs, run?.labels, run?.limits, run?.workspace_path],
    steps: Object.values(steps).map(said),
    questions: Object.values(questions).filter(({ status }) => status === 'open'),
    waiting: messages
      .filter(({ action_status: status }) => status === 'pending' || status === 'acknowledged')
      .map(({ message_id, content, action_status }) => [message_id, content, action_status]),
  };
}

const WORLD = eventfulWorld();
const HISTORY = WORLD.execution;
const TASKS = HISTORY.events.filter(({ kind }) => kind === 'task_completed').map(({ eventId }) => eventId);

function foldOf(...chain: readonly History[]): Tables {
  return foldInPages('run-1', chain, 1_000);
}

const upTo = (eventId: number) => HISTORY.events.filter((event) => event.eventId <= eventId);

/** The history that a reset to the end of this task makes, up to where its copied part ends. */
function resetAfter(eventId: number): History {
  const [first, ...others] = upTo(eventId);
  if (first?.kind !== 'started') throw new Error('no beginning');
  const copied: RecordedEvent = { ...first, originalExecutionId: HISTORY.executionId };
  const at = { eventId: eventId + 1, type: 'TASK_FAILED', timeMs: WORLD.now + 1_000 };
  const reset = { newExecutionId: 'execution-2', reason: null, identity: 'ops' };
  return { executionId: 'execution-2', events: [copied, ...others, { ...at, kind: 'task_failed', reset }] };
}

test.each(TASKS)('a reset to the task that ended with event %i shows what was shown there', (eventId) => {
  const then = foldOf({ executionId: HISTORY.executionId, events: upTo(eventId) });
  const again = foldOf(HISTORY, resetAfter(eventId));
  expect(again.run).toMatchObject({ epoch: 1, execution_id: 'execution-2' });
  expect(shown(again)).toEqual(shown(then));
});

test('what is untouched keeps its rows: a task writes only what it moves', () => {
  const fold = new RunFold('run-1');
  fold.beginExecution(HISTORY.executionId);
  const written: string[][] = [];
  for (const event of HISTORY.events) {
    fold.apply(event);
    const { steps } = fold.takeChanges();
    if (event.kind === 'task_completed') written.push(steps.map(({ key }) => key));
  }
  expect(written.slice(0, 5)).toEqual([['a', 'b', 'c', 'd'], ['a'], ['a'], ['b', 'a', 'c'], []]);
});

test('a run whose beginning nobody has shows the state that it was handed on with', () => {
  let isLong = false;
  const world = new World(PLAN, { continueSuggested: () => isLong });
  world.task().complete('a').task().complete('c').task();
  isLong = true;
  world.reply('b', turn('h1')).task();
  isLong = false;
  const [before, after] = world.task().chain;
  if (before === undefined || after === undefined) throw new Error('it has not continued as new');
  const whole = shown(foldOf(before, after));
  expect(shown(foldOf(after))).toEqual(whole);
});
