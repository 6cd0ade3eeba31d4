/** Going on with a run that has closed. */
import { endpoint, reply, type Endpoint, type Reply } from '../http/endpoint.ts';
import type { ProblemCode } from '../../contract/problem-codes.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { IdempotencyHeaders } from '../../contract/shared/headers.ts';
import { ContinueRun, ContinueSession } from '../../contract/continue.ts';
import { Run } from '../../contract/run.ts';
import type { UseCases } from '../../service/index.ts';
import { COMMAND_PROBLEMS } from './steering/commands.ts';
import { RunParams, WorkflowNameParams } from '../../contract/shared/params.ts';

const responses = {
  200: { description: 'It goes on: the run as it is now.', schema: Run },
  202: { description: 'It goes on; the tables do not show it yet.', schema: Run },
};
const problems: readonly ProblemCode[] = [
  ...COMMAND_PROBLEMS,
  'step_not_found',
  'session_not_found',
  'run_still_working',
  'run_archived',
  'nothing_to_continue',
  'state_too_large',
  'continue_in_progress',
  'session_of_another_run',
  'plan_not_found',
  'idempotency_key_reused',
  'projection_behind',
];
const shared = {
  method: 'post',
  action: 'continue',
  tag: 'agents',
  headers: IdempotencyHeaders,
  responses,
} as const;

const ofRun = endpoint({
  ...shared,
  path: '/runs/:id/continue',
  operation: 'continueRun',
  summary: 'Go on with a closed run: same run, same sessions, new limits',
  params: RunParams,
  body: { kind: 'json', schema: ContinueRun },
  problems,
  handle: async ({ params, body, request, service }) =>
    continuedReply(await service.continueRun({ runId: params.id, body, key: idempotencyKey(request) })),
});

const ofSession = endpoint({
  ...shared,
  path: '/workflows/claude-code/run/:workflow_name/continue',
  operation: 'continueSession',
  summary: 'Go on with the run that a session belongs to',
  params: WorkflowNameParams,
  body: { kind: 'json', schema: ContinueSession },
  problems: [...problems, 'session_of_another_workflow'],
  handle: async ({ params: { workflow_name: workflow }, body, request, service }) =>
    continuedReply(await service.continueSession({ workflow, body, key: idempotencyKey(request) })),
});

type Continued = Awaited<ReturnType<UseCases['continueRun']>>;

function continuedReply({ run, projected, replayed }: Continued): Reply<200 | 202, Run> {
  return reply(projected ? 200 : 202, run, {
    Location: `/api/v1/runs/${encodeURIComponent(run.id)}`,
    ...(replayed && { 'Idempotent-Replayed': 'true' }),
  });
}

export const continueRoutes: readonly Endpoint[] = [ofRun, ofSession];
