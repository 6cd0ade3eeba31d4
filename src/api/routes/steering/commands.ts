/** Commands to a run: acknowledged when Temporal has taken them, answered when the run has. */
import { endpoint, reply, type Endpoint, type Reply } from '../../http/endpoint.ts';
import type { ProblemCode } from '../../../contract/problem-codes.ts';
import { Command, CommandAnswer, PauseCommand } from '../../../contract/command.ts';
import type { Taken } from '../../../service/index.ts';
import { RunParams, StepParams } from '../../../contract/shared/params.ts';

export const COMMAND_RESPONSES = {
  200: { description: 'Done: the run as it is now.', schema: CommandAnswer },
  202: {
    description: 'Taken; the run has not come to it yet. Its receipt will stand in `/messages`.',
    schema: CommandAnswer,
  },
};
export const COMMAND_PROBLEMS: readonly ProblemCode[] = [
  'run_not_found',
  'run_closed',
  'command_refused',
  'message_id_reused',
  'command_queue_full',
  'temporal_unavailable',
];
/** What all commands have in common. */
export const COMMAND = {
  method: 'post',
  tag: 'commands',
  lane: 'command',
  params: RunParams,
  responses: COMMAND_RESPONSES,
  problems: COMMAND_PROBLEMS,
} as const;

/** The route that pauses a run, under a path and the name of its operation. */
export const pauseRoute = (path: `/${string}/:id/pause`, operation: string): Endpoint =>
  endpoint({
    ...COMMAND,
    path,
    operation,
    action: 'pause',
    summary: 'Pause a run: what runs comes to its end, or is stopped, and nothing new starts',
    body: { kind: 'json', schema: PauseCommand },
    handle: async ({ params, body, service }) => takenReply(await service.pauseRun(params.id, body)),
  });

/** The route that ends a pause, under a path and the name of its operation. */
export const resumeRoute = (path: `/${string}/:id/${'unpause' | 'resume'}`, operation: string): Endpoint =>
  endpoint({
    ...COMMAND,
    path,
    operation,
    action: 'resume',
    summary: 'End the pause of a run',
    body: { kind: 'json', schema: Command },
    handle: async ({ params, body, service }) => takenReply(await service.resumeRun(params.id, body)),
  });

/** The route that cancels a run, under a method, a path and the name of its operation. */
export const cancelRoute = (
  method: 'post' | 'delete',
  path: `/${string}/:id${'' | '/cancel'}`,
  operation: string,
): Endpoint =>
  endpoint({
    ...COMMAND,
    method,
    path,
    operation,
    action: 'cancel',
    summary: 'Cancel a run: what runs is stopped',
    body: { kind: 'json', schema: Command },
    handle: async ({ params, body, service }) => takenReply(await service.cancelRun(params.id, body)),
  });

const compact = endpoint({
  ...COMMAND,
  path: '/runs/:id/steps/:key/compact',
  operation: 'compactStep',
  action: 'compact',
  summary: 'Have the older turns of an agent summarised before its next model call',
  params: StepParams,
  body: { kind: 'json', schema: Command },
  handle: async ({ params: { id, key }, body, service }) =>
    takenReply(await service.compactStep(id, key, body)),
});

/** The answer to what a run was asked: 202 while it has not come to it. */
export function takenReply<Answer>({ done, answer }: Taken<Answer>): Reply<200 | 202, Answer> {
  return reply(done ? 200 : 202, answer);
}

export const commandRoutes: readonly Endpoint[] = [
  pauseRoute('/runs/:id/pause', 'pauseRun'),
  resumeRoute('/runs/:id/unpause', 'unpauseRun'),
  resumeRoute('/runs/:id/resume', 'resumeRun'),
  cancelRoute('post', '/runs/:id/cancel', 'cancelRun'),
  compact,
];
