/**
 * How an effect ended, in the form that is kept: what its activity would have said to Temporal, secrets masked.
 *
 * Only what the step itself said is an outcome. Where the machinery failed, or a cancel came, the effect may be tried
 * again, and nothing is kept.
 */
import type { Json } from '../../plan/json.ts';
import { FAILURES, isFailureCode, type FailureCode, type FailureDetails } from '../../protocol/failure.ts';
import { toApplicationFailure } from '../failure-mapping.ts';
import type { Secrets } from '../secrets.ts';
import { StepFailure } from '../step-failure.ts';
import { CancelledFailure } from '@temporalio/common';

export type Outcome =
  | { readonly output: Json }
  | {
      readonly failure: {
        readonly code: FailureCode;
        readonly message: string;
        readonly details: FailureDetails;
      };
    };

/** What is kept of a failure; null when it says nothing about the effect. */
export function failedOutcome(thrown: unknown, mask: Secrets['mask']): Outcome | null {
  if (thrown instanceof CancelledFailure) return null;
  const { type, message, details } = toApplicationFailure(thrown, mask);
  if (!isFailureCode(type) || FAILURES[type].category === 'INFRA_ERROR') return null;
  return { failure: { code: type, message, details: (details?.[0] ?? {}) as FailureDetails } };
}

/** What the activity would have answered. @throws StepFailure when it had failed */
export function replay<O>(outcome: Outcome): O {
  if ('output' in outcome) return outcome.output as O;
  const { code, message, details } = outcome.failure;
  throw new StepFailure(code, message, details);
}
