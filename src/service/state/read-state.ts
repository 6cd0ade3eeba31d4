/** The state of a run as it was after one of its events. */
import type { RunStateAt } from '../../contract/past/state.ts';
import { readRunThen } from '../../projections/run-then.ts';
import type { RunThen } from '../../projections/run-then.ts';
import type { Rows } from '../ways/store.ts';
import { readerOf } from './reader.ts';

/** @returns undefined where the run's stored history does not tell of the event */
export async function readState(rows: Rows, runId: string, seq: number): Promise<RunStateAt | undefined> {
  const then = await readRunThen(readerOf(rows), runId, seq);
  return then === null ? undefined : stateOf(then, seq);
}

function stateOf({ run, steps, openQuestions, at }: RunThen, seq: number): RunStateAt {
  return {
    run_id: run.id,
    seq,
    at,
    status: run.status,
    terminal_reason: run.terminal_reason,
    is_paused: run.is_paused,
    ...figuresOf(run),
    steps: steps.map((row) => ({
      key: row.key,
      status: row.status,
      attempt: row.attempt,
      ...figuresOf(row),
    })),
    open_questions: openQuestions.map(({ id, kind, step, preview }) => ({ id, kind, step, preview })),
  };
}

function figuresOf(row: RunThen['run'] | RunThen['steps'][number]) {
  const { turns, input_tokens, output_tokens, total_tokens, cost_estimate } = row;
  return { turns, input_tokens, output_tokens, total_tokens, cost_estimate };
}
