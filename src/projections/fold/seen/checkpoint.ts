/**
 * The checkpoints of a run: points of its record that it can be restored to. One for every completed task in which a step
 * settled (or a whole level, or none, as the definition says), for every one that a person has named, and for each end.
 *
 * A task's row is a pointer: its state is folded on demand. What an end has for being continued stands in its row.
 */
import type { Plan } from '../../../plan/plan.ts';
import { isSettled } from '../../../protocol/status.ts';
import type { CheckpointReason } from '../../../protocol/status.ts';
import { checkpointOf, filesThen } from '../../../workflows/core/index.ts';
import type { RunState } from '../../../workflows/core/index.ts';
import type { CheckpointRow } from '../../../tables/projected/workflow-checkpoints.ts';
import type { Decision } from '../execution-fold.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import type { View } from '../record/view.ts';

/** Where in history a checkpoint points. */
type Place = Pick<HistoryPlace, 'executionId' | 'eventId'>;

/** What a task is kept for. */
interface Kept {
  readonly reason: CheckpointReason;
  readonly label: string | null;
}

const SETTLES: ReadonlySet<string> = new Set([
  'step_completed',
  'step_failed',
  'step_skipped',
  'step_cancelled',
]);

export class Checkpoints {
  /** By number, from 1. */
  readonly #places: Place[] = [];
  #parent: number | null = null;
  /** Since the parent. */
  #settled: string[] = [];
  /** All that have; null: to be counted, since a branch begins or steps run anew. */
  #count: number | null = null;

  /** A branch of the run begins. @param parent the checkpoint that it goes on from */
  beginBranch(parent: number | null): void {
    this.#parent = parent;
    this.#settled = [];
    this.#count = null;
  }

  /** The last one; null: there is none yet. */
  get newest(): number | null {
    return this.#places.length === 0 ? null : this.#places.length;
  }

  /** Where the checkpoint of this number points; null: it is none of this run's. */
  placeOf(number: number): Place | null {
    return this.#places[number - 1] ?? null;
  }

  /** The newest of an execution before an event, as a reset begins from it; null: there is none. */
  numberBefore(executionId: string | undefined, eventId: number): number | null {
    const index = this.#places.findLastIndex(
      (place) => place.executionId === executionId && place.eventId < eventId,
    );
    return index < 0 ? null : index + 1;
  }

  /** A task is completed, and the rows have followed. @param place of the event that says so */
  decided(view: View, place: HistoryPlace, { state, notes }: Decision): void {
    const anew = notes.flatMap(({ note }) => (note.type === 'step_anew' ? [note.step] : []));
    if (anew.length > 0) this.#setBack(new Set(anew));
    const settled = settledIn(view, notes);
    this.#settled.push(...settled);
    if (this.#count !== null) this.#count += settled.length;
    if (state.plan === null) return;
    const kept = keptFor(state, state.plan, notes, settled);
    if (kept !== null) this.#add(view, place, state, { ...POINTER, ...kept });
  }

  /** These have settled no more. */
  #setBack(steps: ReadonlySet<string>): void {
    this.#settled = this.#settled.filter((step) => !steps.has(step));
    this.#count = null;
  }

  /** An execution has ended, and the run with it. @param state after the last completed task */
  closed(view: View, place: HistoryPlace, state: RunState): void {
    const carry = checkpointOf(state);
    if (carry === null || state.plan === null) return;
    const { name: workflow, version, hash: plan_hash } = state.plan;
    const { inputs, labels } = state;
    const end = { kind: 'closed', reason: 'close', label: null, state: carry } as const;
    this.#add(view, place, state, { ...end, workflow, version, plan_hash, inputs, labels });
  }

  #add(view: View, place: HistoryPlace, state: RunState, own: Own): void {
    const { executionId, eventId, timeMs } = place;
    const { id, epoch, last_seq, turns, total_tokens, cost_estimate } = view.rows.run;
    this.#count ??= Object.values(state.steps).filter(({ status }) => isSettled(status)).length;
    const number = this.#places.push({ executionId, eventId });
    view.rows.addCheckpoint({
      run_id: id,
      epoch,
      execution_id: executionId,
      event_id: eventId,
      interpreter: state.interpreter,
      ...own,
      created_at: timeOf(timeMs),
      number,
      seq: last_seq,
      parent: this.#parent,
      settled: this.#settled,
      steps_settled: this.#count,
      turns,
      total_tokens,
      cost_estimate,
      workspace_commit: commitOf(state),
    });
    this.#parent = number;
    this.#settled = [];
  }
}

function commitOf(state: RunState): string | null {
  const files = filesThen(state);
  return files.kind === 'snapshot' ? files.commit : null;
}

type Own = Pick<
  CheckpointRow,
  'kind' | 'workflow' | 'version' | 'plan_hash' | 'inputs' | 'labels' | 'state' | 'reason' | 'label'
>;

/** What a task's row has where an end's has its state. */
const POINTER = {
  kind: 'task',
  workflow: null,
  version: null,
  plan_hash: null,
  inputs: null,
  labels: null,
  state: null,
} as const;

/** Steps of the plan that have settled in a task. */
function settledIn({ rows }: View, notes: Decision['notes']): string[] {
  const settled: string[] = [];
  for (const { note } of notes) {
    if (SETTLES.has(note.type) && 'step' in note && note.step !== null && rows.steps.has(note.step))
      settled.push(note.step);
  }
  return settled;
}

function keptFor(
  state: RunState,
  plan: Plan,
  notes: Decision['notes'],
  settled: readonly string[],
): Kept | null {
  const label = labelIn(notes);
  if (label !== null) return { reason: 'label', label };
  if (settled.length === 0 || plan.checkpoints === 'none') return null;
  if (plan.checkpoints === undefined) return { reason: 'step', label };
  return endsLevel(state, plan, settled) ? { reason: 'level', label } : null;
}

/** What people have called the point; of several that did in one task, all. */
function labelIn(notes: Decision['notes']): string | null {
  const labels = notes.flatMap(({ note }) =>
    note.type === 'command' && note.name === 'checkpoint' && note.status === 'processed'
      ? [(note.content ?? '').trim()]
      : [],
  );
  return labels.length === 0 ? null : labels.join('; ');
}

/** One of the steps was the last of its level. */
function endsLevel({ steps }: RunState, plan: Plan, settled: readonly string[]): boolean {
  const levels = new Set(plan.steps.filter(({ key }) => settled.includes(key)).map(({ level }) => level));
  for (const { key, level } of plan.steps) {
    if (levels.has(level) && !isSettled(steps[key]?.status ?? 'pending')) levels.delete(level);
  }
  return levels.size > 0;
}
