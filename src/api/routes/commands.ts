/** Commands to a run: acknowledged when Temporal has taken them, answered when the run has. */
import { endpoint, reply, type Endpoint, type Reply } from '../http/endpoint.ts';
import type { ProblemCode } from '../http/catalogue.ts';
import { sendCommand, type Command as SentCommand, type Commanded } from '../runs/send-command.ts';
import { Command, CommandAnswer, PauseCommand } from '../schemas/command.ts';
import type { Services } from '../services.ts';
import { runIdParams } from './run-params.ts';

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
  'command_queue_full',
  'temporal_unavailable',
];
const shared = {
  method: 'post',
  tag: 'commands',
  params: runIdParams,
  responses: COMMAND_RESPONSES,
  problems: COMMAND_PROBLEMS,
} as const;

const pause = endpoint({
  ...shared,
  path: '/runs/:id/pause',
  operation: 'pauseRun',
  summary: 'Pause a run: what runs comes to its end, nothing new starts',
  body: { kind: 'json', schema: PauseCommand },
  handle: async ({ params, body: { timeout, ...rest }, services }) =>
    command(services, params.id, {
      action: 'pause',
      ...rest,
      ...(timeout !== undefined && { timeout_ms: timeout }),
    }),
});

const resume = (path: '/runs/:id/unpause' | '/runs/:id/resume', operation: string) =>
  endpoint({
    ...shared,
    path,
    operation,
    summary: 'End the pause of a run',
    body: { kind: 'json', schema: Command },
    handle: async ({ params, body, services }) => command(services, params.id, { action: 'resume', ...body }),
  });

const cancel = endpoint({
  ...shared,
  path: '/runs/:id/cancel',
  operation: 'cancelRun',
  summary: 'Cancel a run: what runs is stopped',
  body: { kind: 'json', schema: Command },
  handle: async ({ params, body, services }) => command(services, params.id, { action: 'cancel', ...body }),
});

/** Members that are undefined are left out when the message is sent. */
type Wanted = { readonly [K in keyof SentCommand]?: SentCommand[K] | undefined };

async function command(services: Services, runId: string, wanted: Wanted): Promise<Reply> {
  const message = { ...wanted, id: wanted.id ?? crypto.randomUUID() } as SentCommand;
  return commandReply(message.id, await sendCommand(services, runId, message));
}

/** The answer to a command that was sent under this id. */
export function commandReply(messageId: string, { processed, run }: Commanded): Reply {
  return reply(processed ? 200 : 202, { ...run, message_id: messageId });
}

export const commandRoutes: readonly Endpoint[] = [
  pause,
  resume('/runs/:id/unpause', 'unpauseRun'),
  resume('/runs/:id/resume', 'resumeRun'),
  cancel,
];
