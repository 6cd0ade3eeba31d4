import { expect, test } from 'vitest';
import type { StepError } from '../../../protocol/failure.ts';
import type { StepState } from '../../../workflows/core/index.ts';
import { step } from '../../../workflows/core/testing/plans.ts';
import { newRun } from '../seen/new-run.ts';
import { RunRows } from '../record/run-rows.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import { errorJson, isSameEnd, movedColumns, personColumns, toldErrorJson, wholeColumns } from './steps.ts';

const AT = '1970-01-01T00:00:09.000Z';
const EARLIER = '1970-01-01T00:00:01.000Z';

function rowWith(columns: Partial<StepRow>): StepRow {
  const place = { executionId: 'e', eventId: 1, timeMs: 0 };
  const started = {
    kind: 'started',
    eventId: 1,
    type: 'STARTED',
    timeMs: 0,
    workflowType: 'test',
    args: [],
    identity: null,
    firstExecutionId: 'e',
    originalExecutionId: 'e',
    continuedFrom: null,
    continuedByWorkflow: false,
  } as const;
  const row = new RunRows(newRun('run-1', place, started)).addStep(step('a'), 0);
  return Object.assign(row, columns);
}

const stateWith = (state: Partial<StepState>): StepState => ({
  status: 'running',
  attempt: 1,
  group: 1,
  infra: 0,
  startedAt: 1_000,
  completedAt: null,
  ...state,
});

const ERROR: StepError = { type: 'command_failed', category: 'TASK_ERROR', message: 'no', attempt: 1 };
const TOLD = errorJson({ ...ERROR, data: { exit_code: 3 } });

test('a step that begins has begun at the decision, and one that goes on when it did', () => {
  expect(movedColumns(stateWith({}), rowWith({}), AT)).toMatchObject({ status: 'running', started_at: AT });
  const before = rowWith({ status: 'retrying', attempt: 1, started_at: EARLIER });
  expect(movedColumns(stateWith({ attempt: 2 }), before, AT)).toMatchObject({
    attempt: 2,
    started_at: EARLIER,
  });
});

test('a step that has begun tells the revision of its plan then, and one that has not tells none', () => {
  const blank = rowWith({});
  const revisions = [{}, { revision: 2 }, { attempt: 0 }, { revision: 2, status: 'completed' as const }].map(
    (state) => [
      movedColumns(stateWith(state), blank, AT).revision,
      wholeColumns(stateWith(state), blank).revision,
    ],
  );
  expect(revisions).toEqual([
    [0, 0],
    [2, 2],
    [null, null],
    [2, 2],
  ]);
});

test('an error keeps what was told of it, of which the state has the kind', () => {
  const row = rowWith({ status: 'running', attempt: 1, error: TOLD });
  const failed = stateWith({ status: 'failed', completedAt: 9_000, error: ERROR });
  expect(movedColumns(failed, row, AT).error).toBe(row.error);
  expect(wholeColumns(failed, row).error).toBe(row.error);
  const other = { ...ERROR, message: 'something else' };
  expect(movedColumns({ ...failed, error: other }, row, AT).error).toEqual(other);
});

test('a step that completes has no error of an attempt before, but the one that its fallback stands for', () => {
  const row = rowWith({ status: 'running', attempt: 2, error: TOLD });
  const result = { value: 'x', bytes: 3, preview: 'x' };
  const completed = stateWith({ status: 'completed', attempt: 2, completedAt: 9_000, result, error: ERROR });
  expect(movedColumns(completed, row, AT)).toMatchObject({ error: null, output: 'x', completed_at: AT });
  expect(movedColumns({ ...completed, attempt: 1 }, row, AT).error).toBe(row.error);
});

test('a step that settles ends its segment as it ended', () => {
  const open = { segment: 1, max_turns: 3, max_tokens: null, max_cost_usd: null, max_duration_ms: null };
  const figures = { turns: 1, total_tokens: 5, cost_estimate: 0, started_at: EARLIER, completed_at: null };
  const segments = [{ ...open, ...figures, terminal_reason: null, message: null, by: null }];
  const endOf = (state: Partial<StepState>) =>
    movedColumns(stateWith({ completedAt: 9_000, ...state }), rowWith({ segments }), AT).segments?.[0];
  expect(endOf({ status: 'completed' })).toMatchObject({ completed_at: AT, terminal_reason: 'completed' });
  expect(endOf({ status: 'failed', error: ERROR })).toMatchObject({ terminal_reason: 'failed' });
  const limit = { ...ERROR, type: 'error_max_turns' } as const;
  expect(endOf({ status: 'failed', error: limit })).toMatchObject({ terminal_reason: 'error_max_turns' });
});

test('a settled step is known by its end, whatever a carry has left of its result', () => {
  const row = rowWith({ status: 'completed', completed_at: AT, output_preview: 'long' });
  expect(isSameEnd(stateWith({ status: 'completed', completedAt: 9_000 }), row)).toBe(true);
  expect(isSameEnd(stateWith({ status: 'completed', completedAt: 9_001 }), row)).toBe(false);
  expect(isSameEnd(stateWith({ status: 'failed', completedAt: 9_000 }), row)).toBe(false);
  expect(isSameEnd(stateWith({ status: 'running' }), rowWith({ status: 'running' }))).toBe(false);
});

test('who holds a step follows from the state; the row may know a name that the state does not', () => {
  const held = { by: 'ann', reason: 'wait', at: 1_000 };
  const shown = { by: 'ann', reason: 'wait', at: EARLIER };
  expect(personColumns(stateWith({ held }), rowWith({})).held).toEqual(shown);
  expect(wholeColumns(stateWith({ status: 'pending', held }), rowWith({})).held).toEqual(shown);
  const nameless = stateWith({ held: { ...held, by: null } });
  expect(personColumns(nameless, rowWith({ held: shown })).held).toEqual(shown);
  expect(personColumns(nameless, rowWith({ held: { ...shown, at: AT } })).held).toMatchObject({ by: null });
  expect(personColumns(stateWith({}), rowWith({ held: shown })).held).toBeNull();
});

test('an error that is told once more keeps what was told of it at first', () => {
  expect(toldErrorJson(ERROR, TOLD)).toBe(TOLD);
  expect(toldErrorJson({ ...ERROR, attempt: 2 }, TOLD)).toEqual(errorJson({ ...ERROR, attempt: 2 }));
  expect(toldErrorJson(ERROR, null)).toEqual(errorJson(ERROR));
});
