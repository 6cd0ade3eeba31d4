/** Commands to a run: acknowledged when Temporal has taken them, answered when the run has. */
import type { z } from 'zod';
import type { Command, CommandAnswer, PauseCommand } from '../../contract/command.ts';
import type { OverrideStep, SetLimits, SkipStep } from '../../contract/step-command.ts';
import type { AnswerCommand } from '../../contract/question.ts';
import type { Scope } from '../services.ts';
import { answerQuestion } from './answer-question.ts';
import { given } from './compose-message.ts';
import { sendCommand, type Commanded } from './send-command.ts';
import type { Taken } from './taken.ts';

type CommandTaken = Promise<Taken<z.output<typeof CommandAnswer>>>;
type Body = z.output<typeof Command>;

/** What runs comes to its end, or is stopped, and nothing new starts. @throws as `sendCommand` does */
export function pauseRun(
  scope: Scope,
  runId: string,
  { timeout, ...rest }: z.output<typeof PauseCommand>,
): CommandTaken {
  return command(scope, runId, { action: 'pause', ...rest, timeout_ms: timeout });
}

/** Ends the pause of a run. @throws as `sendCommand` does */
export function resumeRun(scope: Scope, runId: string, body: Body): CommandTaken {
  return command(scope, runId, { action: 'resume', ...body });
}

/** What runs is stopped. @throws as `sendCommand` does */
export function cancelRun(scope: Scope, runId: string, body: Body): CommandTaken {
  return command(scope, runId, { action: 'cancel', ...body });
}

/** Has the older turns of an agent summarised before its next model call. @throws as `sendCommand` does */
export function compactStep(scope: Scope, runId: string, step: string, body: Body): CommandTaken {
  return command(scope, runId, { action: 'compact', target: step, ...body });
}

/** Ends a step that is not at work, as skipped or with a result. @throws as `sendCommand` does */
export function skipStep(scope: Scope, runId: string, step: string, body: SkipStep): CommandTaken {
  return command(scope, runId, { action: 'skip', target: step, ...body });
}

/** The step does not wait any longer for its next try. @throws as `sendCommand` does */
export function retryStep(scope: Scope, runId: string, step: string, body: Body): CommandTaken {
  return command(scope, runId, { action: 'retry_now', target: step, ...body });
}

/** The step is not tried again. @throws as `sendCommand` does */
export function stopRetryingStep(scope: Scope, runId: string, step: string, body: Body): CommandTaken {
  return command(scope, runId, { action: 'stop_retrying', target: step, ...body });
}

/** The step does not start until it is released. @throws as `sendCommand` does */
export function holdStep(scope: Scope, runId: string, step: string, body: Body): CommandTaken {
  return command(scope, runId, { action: 'hold', target: step, ...body });
}

/** A held step may start. @throws as `sendCommand` does */
export function releaseStep(scope: Scope, runId: string, step: string, body: Body): CommandTaken {
  return command(scope, runId, { action: 'release', target: step, ...body });
}

/** Another result for a step that has ended. @throws as `sendCommand` does */
export function overrideStep(scope: Scope, runId: string, step: string, body: OverrideStep): CommandTaken {
  return command(scope, runId, { action: 'override', target: step, ...body });
}

/** Other limits for the run. @throws as `sendCommand` does */
export function setRunLimits(scope: Scope, runId: string, body: SetLimits): CommandTaken {
  return command(scope, runId, { action: 'set_limits', ...body });
}

/** Other limits for an agent's step. @throws as `sendCommand` does */
export function setStepLimits(scope: Scope, runId: string, step: string, body: SetLimits): CommandTaken {
  return command(scope, runId, { action: 'set_limits', target: step, ...body });
}

/** @throws as `answerQuestion` does */
export async function answerByCommand(scope: Scope, runId: string, body: AnswerCommand): CommandTaken {
  const message = { ...body, id: body.id ?? crypto.randomUUID() };
  const { id: message_id, question } = message;
  scope.call.record?.note({ run: runId, detail: { message_id, question } });
  return taken(message_id, await answerQuestion(scope, runId, message));
}

async function command(
  scope: Scope,
  runId: string,
  wanted: Omit<Parameters<typeof given>[0], 'id'> & { readonly id?: string | undefined },
): CommandTaken {
  const message = given({ ...wanted, id: wanted.id ?? crypto.randomUUID() });
  const { id: message_id, reason } = message;
  scope.call.record?.note({ run: runId, detail: { message_id, ...(reason !== undefined && { reason }) } });
  return taken(message_id, await sendCommand(scope, runId, message));
}

function taken(messageId: string, { receipt, run }: Commanded): Awaited<CommandTaken> {
  return { done: receipt !== null, answer: { ...run, message_id: messageId } };
}
