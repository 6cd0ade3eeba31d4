/**
 * The row of a step's state. Pure.
 *
 * A row may know more than the state: all of an error of which the state keeps the kind, the value of a result that a
 * carry has left behind, the time at which a branch has begun with the step. That stays while it is the same error, the
 * same end, the same branch.
 */
import type { Json } from '../../../plan/json.ts';
import type { StepError } from '../../../protocol/failure.ts';
import type { StepResult } from '../../../protocol/values.ts';
import { isSettled } from '../../../protocol/status.ts';
import { lastTryOf } from '../../../workflows/core/index.ts';
import type { StepState } from '../../../workflows/core/index.ts';
import type { HeldJson, StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import { timeOf } from '../rows.ts';
import { BLANK_STEP } from '../record/run-rows.ts';
import { closeSegment, limitedSegments, segmentsUpTo } from './segments.ts';

type Columns = Partial<StepRow> & Pick<StepRow, 'status'>;

/** True for a step that has come to the end that its row tells of: whatever stands there stays. */
export function isSameEnd(step: StepState, row: StepRow): boolean {
  const { status, completedAt } = step;
  return isSettled(status) && status === row.status && row.completed_at === timeOf(completedAt ?? 0);
}

/**
 * What a decision leaves in the row of a step that it has moved.
 *
 * @param at ISO text of the decision's time
 */
export function movedColumns(step: StepState, row: StepRow, at: string): Columns {
  const { status, startedAt } = step;
  const attempt = lastTryOf(step);
  // What has been tried in this branch stays: a pause has stopped it, or nothing has begun.
  if (status === 'pending') return { status };
  const started_at = startedAt === null ? row.started_at : (row.started_at ?? at);
  const error = errorOf(step, row);
  if (!isSettled(status)) return { status, attempt, revision: revisionOf(step), started_at, error };
  const { reason, result, tolerated, completedAt } = step;
  const completed_at = timeOf(completedAt ?? 0);
  const columns = {
    status,
    attempt,
    revision: revisionOf(step),
    started_at,
    error,
    reason: reason ?? null,
    tolerated: tolerated === true,
    completed_at,
    segments: closeSegment(row.segments, completed_at, endOfSegment(step)),
  };
  return result === undefined ? columns : { ...columns, ...outputColumns(result) };
}

/** All that a state says of a step, whatever its row has told of another branch. */
export function wholeColumns(step: StepState, row: StepRow): Columns {
  const { status, reason, result, startedAt, completedAt } = step;
  return {
    ...BLANK_STEP,
    ...(step.agent === undefined
      ? {}
      : {
          segments: limitedSegments(
            segmentsUpTo(row.segments, step.agent.segment.number),
            step.agent.segment,
          ),
        }),
    held: heldColumn(step, row),
    status,
    attempt: lastTryOf(step),
    revision: revisionOf(step),
    reason: reason ?? null,
    error: errorOf(step, row),
    ...(result === undefined ? {} : outputColumns(result)),
    tolerated: step.tolerated === true,
    started_at: startedAt === null ? null : timeOf(startedAt),
    completed_at: completedAt === null ? null : timeOf(completedAt),
  };
}

/** Of the plan, when the step's last attempt began. */
function revisionOf(step: StepState): number | null {
  return lastTryOf(step) === 0 ? null : (step.revision ?? 0);
}

/** What people have changed of a step, whatever else has become of it: that somebody holds it, and its limits. */
export function personColumns(step: StepState, row: StepRow): Pick<StepRow, 'held' | 'segments'> {
  const { segments } = row;
  return {
    held: heldColumn(step, row),
    segments: step.agent === undefined ? segments : limitedSegments(segments, step.agent.segment),
  };
}

/** The row may know who holds it where the state does not. */
function heldColumn({ held }: StepState, row: StepRow): HeldJson | null {
  if (held === undefined) return null;
  const told = heldJson(held);
  const isSame = row.held?.at === told.at && row.held.reason === told.reason;
  return isSame && told.by === null ? row.held : told;
}

export function heldJson({ by, reason, at }: NonNullable<StepState['held']>): HeldJson {
  return { by, reason, at: timeOf(at) };
}

/** The value where it stands inline, else where it is stored. */
export function outputColumns(result: StepResult) {
  return {
    output: (result.value ?? result.ref ?? null) as Json,
    output_preview: result.preview,
    output_bytes: result.bytes,
  };
}

/** An error as rows hold it. */
export function errorJson(error: StepError): Json {
  const { type, category, message, attempt, data } = error;
  return { type, category, message, attempt, ...data };
}

/** A step that has completed has the error that its fallback stands for, and none that an attempt before had. */
function errorOf({ status, attempt, error }: StepState, row: StepRow): Json {
  if (error === undefined || (status === 'completed' && error.attempt !== attempt)) return null;
  return isSameError(error, row.error) ? row.error : errorJson(error);
}

/** An error that is told once more, by the state, which may have left behind what it tells: that stays. */
export function toldErrorJson(error: StepError, told: Json): Json {
  return error.data === undefined && isSameError(error, told) ? told : errorJson(error);
}

function isSameError({ type, message, attempt }: StepError, told: Json): boolean {
  const before = told as Partial<StepError> | null;
  return before?.type === type && before.message === message && before.attempt === attempt;
}

function endOfSegment({ status, error }: StepState): string {
  if (status !== 'failed') return status;
  return error?.type.startsWith('error_') === true ? error.type : 'failed';
}
