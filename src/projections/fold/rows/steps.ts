/** What a step's state leaves in its row. */
import type { Json } from '../../../plan/json.ts';
import type { StepError } from '../../../protocol/failure.ts';
import type { StepResult } from '../../../protocol/values.ts';
import type { StepState } from '../../../workflows/core/index.ts';
import type { StepRow } from '../rows.ts';
import { timeOf } from '../rows.ts';
import { BLANK_STEP } from '../record/run-rows.ts';
import { segmentsUpTo } from './segments.ts';

/** All that the state says. @param segments that the row has */
export function fieldsOf(
  step: StepState,
  segments: StepRow['segments'],
): Partial<StepRow> & Pick<StepRow, 'status' | 'attempt' | 'completed_at'> {
  const { status, attempt, reason, error, result, startedAt, completedAt } = step;
  return {
    ...BLANK_STEP,
    ...(step.agent === undefined ? {} : { segments: segmentsUpTo(segments, step.agent.segment.number) }),
    status,
    attempt,
    reason: reason ?? null,
    error: error === undefined ? null : asJson(error),
    ...(result === undefined ? {} : outputFields(result)),
    tolerated: step.tolerated === true,
    started_at: startedAt === null ? null : timeOf(startedAt),
    completed_at: completedAt === null ? null : timeOf(completedAt),
  };
}

/** The value where it stands inline, else where it is stored. */
export function outputFields(result: StepResult) {
  return {
    output: (result.value ?? result.ref ?? null) as Json,
    output_preview: result.preview,
    output_bytes: result.bytes,
  };
}

export function asJson(error: StepError): Json {
  const { type, category, message, attempt, data } = error;
  return { type, category, message, attempt, ...data };
}
