import { ApplicationFailure, CancelledFailure, continueAsNew } from '@temporalio/workflow';
import type { CloseAction } from './core/index.ts';

/**
 * Ends the execution as the core says: COMPLETED; FAILED with the terminal reason as type; CANCELED when Temporal's
 * own request stands (it allows that only then); or continued as new.
 */
export function endExecution(action: CloseAction): unknown {
  switch (action.type) {
    case 'complete':
      return action.output;
    case 'fail':
      throw ApplicationFailure.nonRetryable(action.message, action.reason);
    case 'cancelled':
      if (action.requested) throw new CancelledFailure(action.message);
      throw ApplicationFailure.nonRetryable(action.message, action.reason);
    case 'continue':
      return continueAsNew(action.inputs, action.envelope);
  }
}
