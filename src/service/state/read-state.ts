/** The state of a run as it was after one of its events. */
import type { RunStateAt } from '../../contract/past/state.ts';
import { readRunThen } from '../../projections/run-then.ts';
import type { RunThen } from '../../projections/run-then.ts';
import { messageJson } from '../views/message.ts';
import type { Rows } from '../ways/store.ts';
import { readerOf } from './reader.ts';

/** @returns undefined where the run's stored history does not tell of the event */
export async function readState(rows: Rows, runId: string, seq: number): Promise<RunStateAt | undefined> {
  const then = await readRunAt(rows, runId, seq);
  return then === null ? undefined : stateOf(then, seq);
}

/** Its rows as they were then. @returns null where the run's stored history does not tell of the event */
export function readRunAt(rows: Rows, runId: string, seq: number): Promise<RunThen | null> {
  return readRunThen(readerOf(rows), runId, seq);
}

/** So many entries of the thread are told, the newest. */
const MOST_MESSAGES = 200;

function stateOf({ run, steps, openQuestions, messages, at }: RunThen, seq: number): RunStateAt {
  return {
    run_id: run.id,
    seq,
    at,
    status: run.status,
    terminal_reason: run.terminal_reason,
    is_paused: run.is_paused,
    epoch: run.epoch,
    plan: { workflow: run.workflow, version: run.version, hash: run.plan_hash, revision: run.revision },
    ...figuresOf(run),
    steps: steps.map((row) => ({
      ...pick(row, ['key', 'kind', 'level', 'status', 'attempt', 'revision', 'reason']),
      dependencies: [...row.dependencies],
      held: row.held === null ? null : pick(row.held, ['by', 'reason']),
      ...figuresOf(row),
    })),
    open_questions: openQuestions.map((row) => ({
      ...pick(row, ['id', 'kind', 'step', 'attempt', 'turn', 'preview', 'needed']),
      approvers: [...row.approvers],
      ...pick(row, ['asked_at', 'expires_at']),
      answers: row.answers.length,
    })),
    thread: messages.slice(-MOST_MESSAGES).map((row) => messageJson(row)),
    thread_length: messages.length,
  };
}

function pick<T extends object, const Name extends keyof T>(from: T, names: readonly Name[]): Pick<T, Name> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as unknown as Pick<T, Name>;
}

function figuresOf(row: RunThen['run'] | RunThen['steps'][number]) {
  const { turns, input_tokens, output_tokens, total_tokens, cost_estimate } = row;
  return { turns, input_tokens, output_tokens, total_tokens, cost_estimate };
}
