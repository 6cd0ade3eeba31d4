/** The one way for a step kind to say that an attempt failed: a code of the list, a message, and what the core needs. */
import type { FailureCode, FailureDetails } from '../protocol/failure.ts';

/** The attempt failed. `message` names the place, the reason and the remedy; it may hold no secret. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  readonly code: FailureCode;
  readonly details: FailureDetails;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }

  /** The same failure with more details, for what only an outer layer knows (usage, session). */
  with(details: FailureDetails): StepFailure {
    return new StepFailure(this.code, this.message, { ...details, ...this.details }, { cause: this.cause });
  }
}
