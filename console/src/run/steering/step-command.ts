/** Commands on one step: what each is called, does, and takes. */
import { answerOf, api } from '../../api/client.ts';
import type { StepAction } from './why-not.ts';

export interface StepOffer {
  readonly action: StepAction;
  readonly label: string;
  readonly does: string;
  /** Takes a result, as JSON: needed, possible, or none. */
  readonly value: 'needed' | 'possible' | 'none';
  readonly danger?: boolean;
}

export const STEP_OFFERS: readonly StepOffer[] = [
  {
    action: 'retry',
    label: 'Try again now',
    does: 'The next attempt begins at once, and not when its wait is over.',
    value: 'none',
  },
  {
    action: 'stop-retrying',
    label: 'Stop trying',
    does: 'The step fails with the error of its last attempt.',
    value: 'none',
    danger: true,
  },
  {
    action: 'hold',
    label: 'Hold',
    does: 'The step does not start until somebody releases it.',
    value: 'none',
  },
  {
    action: 'release',
    label: 'Release',
    does: 'The step starts as soon as what it waits for is there.',
    value: 'none',
  },
  {
    action: 'skip',
    label: 'Skip',
    does: 'With a value the step completes with it; without one it is skipped, and what needs its result is too.',
    value: 'possible',
    danger: true,
  },
  {
    action: 'override',
    label: 'Replace the result',
    does: 'Steps that start from now on read the new result. The old one stays on record.',
    value: 'needed',
    danger: true,
  },
  {
    action: 'compact',
    label: 'Summarise the conversation',
    does: 'Older turns of the agent are summarised before its next model call.',
    value: 'none',
  },
];

export interface StepBody {
  readonly reason?: string;
  readonly by?: string;
  readonly id: string;
  readonly value?: unknown;
}

/** Sends it. @throws as `answerOf` does */
export function sendStepCommand(
  action: StepAction,
  runId: string,
  key: string,
  { value, ...body }: StepBody,
) {
  const params = { path: { id: runId, key } };
  switch (action) {
    case 'retry':
      return answerOf(api.POST('/api/v1/runs/{id}/steps/{key}/retry', { params, body }));
    case 'stop-retrying':
      return answerOf(api.POST('/api/v1/runs/{id}/steps/{key}/stop-retrying', { params, body }));
    case 'hold':
      return answerOf(api.POST('/api/v1/runs/{id}/steps/{key}/hold', { params, body }));
    case 'release':
      return answerOf(api.POST('/api/v1/runs/{id}/steps/{key}/release', { params, body }));
    case 'compact':
      return answerOf(api.POST('/api/v1/runs/{id}/steps/{key}/compact', { params, body }));
    case 'skip':
      return answerOf(
        api.POST('/api/v1/runs/{id}/steps/{key}/skip', {
          params,
          body: { ...body, ...(value !== undefined && { value: value as never }) },
        }),
      );
    case 'override':
      return answerOf(
        api.POST('/api/v1/runs/{id}/steps/{key}/override', {
          params,
          body: { ...body, value: value as never },
        }),
      );
    case 'limits':
    case 'rerun':
      throw new Error(`${action} has a dialog of its own.`);
  }
}
