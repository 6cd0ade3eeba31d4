/** Checkpoints: the points that a run can be set back to, or another forked from. */
import * as z from 'zod';
import {
  CheckpointParams,
  ForkRun,
  LabelRun,
  PromoteRun,
  RestoreRun,
  type Checkpoint,
  type CheckpointDetail,
  type CheckpointTaken,
  type ForkedRuns,
  type ForkPreview,
  type RestoreAnswer,
} from '../../contract/checkpoint.ts';
import type { Run } from '../../contract/run.ts';
import type { Page } from '../../contract/shared/common.ts';
import { briefRun } from '../answers/brief-run.ts';
import { tool, type Told, type Tool } from '../tool.ts';
import { acting, asQuery, cursor, given, keyed, limit, run } from './arguments.ts';

const list = tool({
  name: 'list_checkpoints',
  title: 'List checkpoints',
  description:
    'The points that a run can be set back to or forked from, the newest first: what had settled, and what it had cost by then.',
  scope: 'read',
  operations: ['listCheckpoints'],
  input: z.strictObject({ run, limit: limit(200, 30), cursor }),
  run: async ({ run: id, ...query }, { ask }) => ({
    data: { ...(await ask<Page<Checkpoint>>('listCheckpoints', { params: { id }, query: asQuery(query) })) },
    rest: 'Take a smaller `limit`.',
  }),
});

const get = tool({
  name: 'get_checkpoint',
  title: 'Look at a checkpoint',
  description: 'One checkpoint with what has changed since the one before: steps, turns, cost, messages.',
  scope: 'read',
  operations: ['getCheckpoint'],
  input: z.strictObject({ run, checkpoint: CheckpointParams.shape.checkpoint }),
  run: async ({ run: id, checkpoint }, { ask }) => ({
    data: await ask<CheckpointDetail>('getCheckpoint', { params: { id, checkpoint } }),
  }),
});

const label = tool({
  name: 'label_checkpoint',
  title: 'Name this point of a run',
  description: 'Names the point at which an open run stands, so that it can be found and restored later.',
  scope: 'steer',
  operations: ['labelRun'],
  input: z.strictObject({ run, label: LabelRun.shape.label, ...acting }),
  run: async ({ run: id, label: name, by, id: own }, call) => {
    const { done, answer } = await call.order<CheckpointTaken>('labelRun', {
      params: { id },
      body: given({ label: name, by: by ?? call.by, id: own ?? call.key }),
    });
    return { data: { done, message_id: answer.message_id, checkpoint: answer.checkpoint } };
  },
});

const FORETELL =
  'First with `dry_run: true`: it tells what stays, what runs again and which effects in the world may happen twice.';

const restore = tool({
  name: 'restore_run',
  title: 'Set a run back',
  description: `Sets a run back to a checkpoint; it goes on from there, with what \`set\` and \`from\` change. What came later does not count any more. ${FORETELL}`,
  scope: 'steer',
  destructive: true,
  operations: ['restoreRun'],
  input: z.strictObject({ run, ...RestoreRun.shape, ...keyed }),
  run: async ({ run: id, idempotency_key: key, by, ...body }, call) => {
    const answer = await call.ask<RestoreAnswer>('restoreRun', {
      params: { id },
      body: given({ ...body, by: by ?? call.by }),
      key: key ?? call.key,
    });
    return restored(answer);
  },
});

const promote = tool({
  name: 'promote_fork',
  title: 'Take over what a fork has come to',
  description: `Makes the results of a fork those of the run that it was forked from. ${FORETELL}`,
  scope: 'steer',
  destructive: true,
  operations: ['promoteRun'],
  input: z.strictObject({ run, ...PromoteRun.shape, ...keyed }),
  run: async ({ run: id, idempotency_key: key, by, ...body }, call) => {
    const answer = await call.ask<RestoreAnswer>('promoteRun', {
      params: { id },
      body: given({ ...body, by: by ?? call.by }),
      key: key ?? call.key,
    });
    return restored(answer);
  },
});

function restored({ run: now, ...told }: RestoreAnswer): Told {
  return { data: { ...told, run: briefRun(now) } };
}

const fork = tool({
  name: 'fork_run',
  title: 'Fork a run',
  description:
    'Starts another run that begins with the state of a checkpoint (the newest unless told), with other inputs, prompts, models or results; or up to 20 `variants` at once under one budget. The run itself is not touched. `dry_run` only foretells.',
  scope: 'steer',
  operations: ['forkRun'],
  input: z.strictObject({
    ...{ run, checkpoint: ForkRun.shape.checkpoint, from: ForkRun.shape.from, set: ForkRun.shape.set },
    ...{ files: ForkRun.shape.files, variants: ForkRun.shape.variants, budget: ForkRun.shape.budget },
    ...{ labels: ForkRun.shape.labels, reason: ForkRun.shape.reason, dry_run: ForkRun.shape.dry_run },
    run_id: ForkRun.shape.id.meta({ description: 'An id of your choice, of one fork alone.' }),
    ...keyed,
  }),
  run: async ({ run: id, idempotency_key: key, run_id: own, by, ...body }, call) => {
    const answer = await call.ask<Run | ForkedRuns | ForkPreview>('forkRun', {
      params: { id },
      body: given({ ...body, id: own, by: by ?? call.by }),
      key: key ?? call.key,
    });
    return { data: forked(answer) };
  },
});

function forked(answer: Run | ForkedRuns | ForkPreview): Told['data'] {
  if ('forks' in answer && 'dry_run' in answer) return answer;
  if (!('items' in answer)) return { runs: [{ label: null, run: briefRun(answer) }] };
  return { runs: answer.items.map(({ label: name, run: one }) => ({ label: name, run: briefRun(one) })) };
}

export const pastTools: readonly Tool[] = [list, get, label, restore, fork, promote];
