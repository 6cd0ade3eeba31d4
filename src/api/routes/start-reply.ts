/** What every route that starts a run answers. */
import type { ProblemCode } from '../http/catalogue.ts';
import { reply, type Reply } from '../http/endpoint.ts';
import { Run } from '../../contract/run.ts';
import type { UseCases } from '../../service/index.ts';

export const START_RESPONSES = {
  201: { description: 'Started.', schema: Run },
  200: { description: 'Started before under the same key (`Idempotent-Replayed: true`).', schema: Run },
};

export const START_PROBLEMS: readonly ProblemCode[] = [
  'workflow_not_found',
  'version_not_found',
  'workflow_archived',
  'run_exists',
  'idempotency_key_reused',
  'inputs_invalid',
  'inputs_too_large',
  'temporal_unavailable',
];

type Started = Awaited<ReturnType<UseCases['startRun']>>;

export function startReply({ run, replayed }: Started): Reply {
  const location = `/api/v1/runs/${encodeURIComponent(run.id)}`;
  if (replayed) return reply(200, run, { Location: location, 'Idempotent-Replayed': 'true' });
  return reply(201, run, { Location: location });
}
