/** Commands to a whole run, and going on with one that has ended. */
import * as z from 'zod';
import { commandFields, PauseCommand, type CommandAnswer } from '../../contract/command.ts';
import { ContinueRun } from '../../contract/continue.ts';
import { RedirectCommand, type MessageAnswer } from '../../contract/message.ts';
import type { Run } from '../../contract/run.ts';
import { SetLimits } from '../../contract/step-command.ts';
import { BriefRun, briefRun, runText } from '../answers/brief-run.ts';
import { tool, type Tool } from '../tool.ts';
import { acting, given, keyed, run, step } from './arguments.ts';
import { Ordered, ordered } from './ordered.ts';

const reason = commandFields.reason.meta({ description: 'Why, for people and for the record.' });

const pause = tool({
  name: 'pause_run',
  title: 'Pause a run',
  description:
    'Starts nothing else in a run and brings what is at work to rest. By itself the pause ends after 30 minutes unless `timeout` says otherwise.',
  scope: 'steer',
  idempotent: true,
  operations: ['pauseRun'],
  input: z.strictObject({
    run,
    reason,
    mode: PauseCommand.shape.mode,
    timeout: PauseCommand.shape.timeout,
    on_timeout: PauseCommand.shape.on_timeout,
    ...acting,
  }),
  output: Ordered,
  run: async ({ run: id, by, id: own, ...body }, call) =>
    ordered(
      await call.order<CommandAnswer>('pauseRun', {
        params: { id },
        body: given({ ...body, by: by ?? call.by, id: own ?? call.key }),
      }),
    ),
});

/** Takes nothing but a reason. */
const plain = (spec: {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly operation: 'resumeRun' | 'cancelRun';
  readonly destructive?: true;
}): Tool => {
  const { operation, ...told } = spec;
  return tool({
    ...told,
    scope: 'steer',
    idempotent: true,
    operations: [operation],
    input: z.strictObject({ run, reason, ...acting }),
    output: Ordered,
    run: async ({ run: id, by, id: own, reason: why }, call) =>
      ordered(
        await call.order<CommandAnswer>(operation, {
          params: { id },
          body: given({ reason: why, by: by ?? call.by, id: own ?? call.key }),
        }),
      ),
  });
};

const resume = plain({
  name: 'resume_run',
  title: 'End a pause',
  description: 'A paused run goes on. It does not help a run that has failed: that is continue_run.',
  operation: 'resumeRun',
});

const cancel = plain({
  name: 'cancel_run',
  title: 'Cancel a run',
  description:
    'Stops a run for good: what is at work is stopped, nothing else starts. To hold it for a while use pause_run.',
  operation: 'cancelRun',
  destructive: true,
});

const redirect = tool({
  name: 'redirect_run',
  title: 'Give a run another task',
  description:
    'Ends a run, and another run with a new task takes its place. To only add to what agents know, send an instruction by send_message.',
  scope: 'steer',
  destructive: true,
  operations: ['redirectRun'],
  input: z.strictObject({
    run,
    task: RedirectCommand.shape.task,
    skip_to: RedirectCommand.shape.skip_to,
    context: RedirectCommand.shape.context,
    inputs: RedirectCommand.shape.inputs,
    reason,
    ...acting,
  }),
  output: z.object({
    done: z.boolean(),
    message_id: z.string(),
    new_run: z.string().nullable(),
    what: z.string(),
  }),
  run: async ({ run: id, by, id: own, ...body }, call) => {
    const { done, answer } = await call.order<MessageAnswer>('redirectRun', {
      params: { id },
      body: given({ ...body, by: by ?? call.by, id: own ?? call.key }),
    });
    const { messageId, newRunId = null, actionTaken: what } = answer;
    return { data: { done, message_id: messageId, new_run: newRunId, what } };
  },
});

const goOn = tool({
  name: 'continue_run',
  title: 'Go on with a run that has ended',
  description:
    'Goes on with a run that has failed, was cancelled or reached a limit: same run, same sessions of its agents, with more turns or budget and a message to the agent. What was completed stays.',
  scope: 'steer',
  operations: ['continueRun'],
  input: z.strictObject({
    run,
    step: ContinueRun.shape.step,
    session_id: ContinueRun.shape.session_id,
    message: ContinueRun.shape.message,
    additional_turns: ContinueRun.shape.additional_turns,
    additional_budget: ContinueRun.shape.additional_budget,
    ...keyed,
  }),
  output: z.object({ run: BriefRun }),
  run: async ({ run: id, idempotency_key: key, by, ...body }, call) => {
    const now = await call.ask<Run>('continueRun', {
      params: { id },
      body: given({ ...body, by: by ?? call.by }),
      key: key ?? call.key,
    });
    const brief = briefRun(now);
    return { data: { run: brief }, text: runText(brief) };
  },
});

const limits = tool({
  name: 'set_limits',
  title: 'Set what may be used up',
  description:
    'Sets what all agents of a run, or with `step` one agent, may use up in all from now on: turns, tokens, cost, time. What is left out stays as it is.',
  scope: 'steer',
  idempotent: true,
  operations: ['setRunLimits', 'setStepLimits'],
  input: z.strictObject({
    run,
    step: step.optional(),
    max_turns: SetLimits.shape.max_turns,
    max_tokens: SetLimits.shape.max_tokens,
    max_cost_usd: SetLimits.shape.max_cost_usd,
    max_duration: SetLimits.shape.max_duration,
    reason,
    ...acting,
  }),
  output: Ordered,
  run: async ({ run: id, step: key, by, id: own, ...limited }, call) => {
    const body = given({ ...limited, by: by ?? call.by, id: own ?? call.key });
    return ordered(
      key === undefined
        ? await call.order<CommandAnswer>('setRunLimits', { params: { id }, body })
        : await call.order<CommandAnswer>('setStepLimits', { params: { id, key }, body }),
    );
  },
});

export const steeringTools: readonly Tool[] = [pause, resume, cancel, redirect, goOn, limits];
