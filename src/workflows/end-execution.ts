import { ApplicationFailure, CancelledFailure, continueAsNew } from '@temporalio/workflow';
import type { CloseCommand } from './core/index.ts';

/** Ends the execution as the command says. A failure has the terminal reason as its type. */
export function endExecution(command: CloseCommand): unknown {
  switch (command.status) {
    case 'completed':
      return command.result;
    case 'failed':
      throw ApplicationFailure.nonRetryable(command.message, command.failureType);
    case 'cancelled':
      throw new CancelledFailure(command.message);
    case 'continued_as_new':
      return continueAsNew(...command.args);
  }
}
