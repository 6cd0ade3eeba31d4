/**
 * The checkpoints of a run: reading and naming them, setting a run back to one, forking another from one, taking over what a
 * fork has come to, pruning.
 */
import { endpoint, reply, type Endpoint, type Reply } from '../../http/endpoint.ts';
import type { UseCases } from '../../../service/index.ts';
import type { ProblemCode } from '../../../contract/problem-codes.ts';
import { idempotencyKey } from '../../http/idempotency-key.ts';
import {
  CheckpointDetail,
  CheckpointFilter,
  CheckpointPage,
  CheckpointParams,
  CheckpointTaken,
  CheckpointsPruned,
  ForkAnswer,
  ForkRun,
  LabelRun,
  PruneCheckpoints,
  PromoteRun,
  RestoreAnswer,
  RestoreRun,
} from '../../../contract/checkpoint.ts';
import { IdempotencyHeaders, StartHeaders } from '../../../contract/shared/headers.ts';
import { RunParams } from '../../../contract/shared/params.ts';
import { COMMAND_PROBLEMS, takenReply } from './commands.ts';
import { START_PROBLEMS, startReply } from '../start-reply.ts';

const AT_CHECKPOINT: readonly ProblemCode[] = [
  'run_not_found',
  'checkpoint_not_found',
  'checkpoint_pruned',
  'run_archived',
  'run_of_newer_baton',
];

/** Of what is to be other than it was. */
const SET_PROBLEMS: readonly ProblemCode[] = [
  'step_not_found',
  'set_refused',
  'inputs_invalid',
  'inputs_too_large',
  'workflow_not_found',
  'version_not_found',
  'plan_not_found',
  'definition_invalid',
  'definition_too_costly',
  'agents_unreadable',
  'compiler_busy',
];

const RESTORE_RESPONSES = {
  200: { description: 'It goes on, or with `dry_run` what would become of it.', schema: RestoreAnswer },
  202: { description: 'It goes on; the tables do not show it yet.', schema: RestoreAnswer },
};

const RESTORE_PROBLEMS: readonly ProblemCode[] = [
  ...AT_CHECKPOINT,
  ...SET_PROBLEMS,
  ...([
    'would_drop_messages',
    'state_too_large',
    'continue_in_progress',
    'run_still_working',
    'run_not_at_rest',
  ] as const),
  ...(['idempotency_key_reused', 'projection_behind', 'temporal_unavailable'] as const),
];

type Restored = Awaited<ReturnType<UseCases['restoreRun']>>;

function restoredReply(
  id: string,
  { answer, projected, replayed }: Restored,
): Reply<200 | 202, RestoreAnswer> {
  return reply(projected ? 200 : 202, answer, {
    Location: `/api/v1/runs/${encodeURIComponent(id)}`,
    ...(replayed && { 'Idempotent-Replayed': 'true' }),
  });
}

const list = endpoint({
  method: 'get',
  path: '/runs/:id/checkpoints',
  operation: 'listCheckpoints',
  tag: 'checkpoints',
  summary: 'List the checkpoints of a run, newest first',
  params: RunParams,
  query: CheckpointFilter,
  responses: { 200: { description: 'A page of checkpoints.', schema: CheckpointPage } },
  problems: ['run_not_found', 'invalid_cursor'],
  handle: async ({ params, query, service }) => reply(200, await service.listCheckpoints(params.id, query)),
});

const one = endpoint({
  method: 'get',
  path: '/runs/:id/checkpoints/:checkpoint',
  operation: 'getCheckpoint',
  tag: 'checkpoints',
  summary: 'Get a checkpoint, with what has changed since its parent',
  params: CheckpointParams,
  responses: { 200: { description: 'The checkpoint.', schema: CheckpointDetail } },
  problems: AT_CHECKPOINT,
  handle: async ({ params, service }) =>
    reply(200, await service.getCheckpoint(params.id, params.checkpoint)),
});

const label = endpoint({
  method: 'post',
  path: '/runs/:id/checkpoints',
  operation: 'labelRun',
  action: 'checkpoint',
  lane: 'command',
  tag: 'checkpoints',
  summary: 'Name the point at which an open run stands',
  params: RunParams,
  body: { kind: 'json', schema: LabelRun },
  responses: {
    200: { description: 'Done: the run as it is now, and the checkpoint.', schema: CheckpointTaken },
    202: { description: 'Taken; the run has not come to it yet.', schema: CheckpointTaken },
  },
  problems: COMMAND_PROBLEMS,
  handle: async ({ params, body, service }) => takenReply(await service.labelRun(params.id, body)),
});

const restore = endpoint({
  method: 'post',
  path: '/runs/:id/restore',
  operation: 'restoreRun',
  action: 'restore',
  tag: 'checkpoints',
  summary: 'Set a run back to one of its checkpoints: same run, next epoch',
  params: RunParams,
  headers: IdempotencyHeaders,
  body: { kind: 'json', schema: RestoreRun },
  responses: RESTORE_RESPONSES,
  problems: RESTORE_PROBLEMS,
  handle: async ({ params, body, request, service }) =>
    restoredReply(
      params.id,
      await service.restoreRun({ runId: params.id, body, key: idempotencyKey(request) }),
    ),
});

const fork = endpoint({
  method: 'post',
  path: '/runs/:id/forks',
  operation: 'forkRun',
  action: 'fork',
  lane: 'start',
  tag: 'checkpoints',
  summary: 'Start another run that begins with the state of a checkpoint',
  params: RunParams,
  headers: StartHeaders,
  body: { kind: 'json', schema: ForkRun },
  responses: {
    201: { description: 'Started.', schema: ForkAnswer },
    200: {
      description: 'Started before under the same key (`Idempotent-Replayed: true`), or foretold.',
      schema: ForkAnswer,
    },
  },
  problems: [
    ...AT_CHECKPOINT,
    ...SET_PROBLEMS,
    'state_too_large',
    ...START_PROBLEMS.filter((code) => code !== 'workflow_archived' && !SET_PROBLEMS.includes(code)),
  ],
  handle: async ({ params, body, request, service }) => {
    const forked = await service.forkRun(params.id, body, idempotencyKey(request));
    if (forked.kind === 'one') return startReply(forked.started);
    if (forked.kind === 'foretold') return reply(200, forked.answer);
    const { answer, replayed } = forked;
    return replayed ? reply(200, answer, { 'Idempotent-Replayed': 'true' }) : reply(201, answer);
  },
});

const prune = endpoint({
  method: 'post',
  path: '/runs/:id/checkpoints/prune',
  operation: 'pruneCheckpoints',
  action: 'prune_checkpoints',
  tag: 'checkpoints',
  summary: 'Remove checkpoints of a run for good; what is needed stays',
  params: RunParams,
  body: { kind: 'json', schema: PruneCheckpoints },
  responses: {
    200: { description: 'What has gone, or with `dry_run` what would go.', schema: CheckpointsPruned },
  },
  problems: ['run_not_found', 'run_archived'],
  handle: async ({ params, body, service }) => reply(200, await service.pruneCheckpoints(params.id, body)),
});

const promote = endpoint({
  method: 'post',
  path: '/runs/:id/promotions',
  operation: 'promoteRun',
  action: 'promote',
  tag: 'checkpoints',
  summary:
    'Make the results of a fork the run’s own: the run goes on from where it was forked, as the fork has',
  params: RunParams,
  headers: IdempotencyHeaders,
  body: { kind: 'json', schema: PromoteRun },
  responses: RESTORE_RESPONSES,
  problems: [...RESTORE_PROBLEMS, 'not_forked_from', 'nothing_to_promote'],
  handle: async ({ params, body, request, service }) =>
    restoredReply(
      params.id,
      await service.promoteRun({ runId: params.id, body, key: idempotencyKey(request) }),
    ),
});

export const checkpointRoutes: readonly Endpoint[] = [list, one, label, restore, fork, promote, prune];
