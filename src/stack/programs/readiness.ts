/** Whether a part of Baton does its work: each look throws an Error that says what is missing. */
import { withClient } from '../../database/database.ts';
import { connectTemporal, type TemporalTarget } from '../../temporal/connection.ts';

const LOOK_MS = 5_000;
/** A poll that finds nothing lasts a minute; Temporal remembers a poller for five. */
const POLL_MS = 75_000;
/** temporal.api.enums.v1.TaskQueueType: workflow, activity. */
const QUEUE_TYPES = { workflows: 1, activities: 2 } as const;
type Role = keyof typeof QUEUE_TYPES;

/** On a connection of its own: one that was kept may lead to who had the port before. */
function look(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(LOOK_MS), headers: { connection: 'close' } });
}

/** The API's own word: it, Postgres and Temporal answer. */
export async function apiIsReady(base: string): Promise<void> {
  const response = await look(`${base}/health/ready`);
  if (!response.ok) throw new Error(`the API is not ready: ${await response.text()}`);
}

/** A projector of this host is connected to Postgres and has run a statement lately: one that works runs one a second. */
export async function projectorIsConnected(databaseUrl: string): Promise<void> {
  const { rowCount } = await withClient(databaseUrl, { name: 'probe', ms: LOOK_MS }, (client) =>
    client.query(
      `select 1 from pg_stat_activity
       where application_name = 'baton-projector' and client_addr is not distinct from inet_client_addr()
         and query_start > clock_timestamp() - interval '15 seconds' limit 1`,
    ),
  );
  if (rowCount === 0) throw new Error('no projector of this host works on Postgres');
}

/** The worker's own word: its polls reach Temporal, and none of its threads hangs. @param base of its metrics */
export async function workerIsWell(base: string): Promise<void> {
  const response = await look(`${base}/healthz`);
  if (!response.ok) throw new Error(`the worker is not ready: ${await response.text()}`);
}

/** Workers on `host` poll the task queue, at least one for each of `roles`. */
export async function workersPoll(
  target: TemporalTarget,
  taskQueue: string,
  host: string,
  roles: readonly Role[],
): Promise<void> {
  const connection = await connectTemporal(target);
  try {
    for (const role of roles) {
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace: target.namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: QUEUE_TYPES[role],
      });
      const here = pollers.some(
        ({ identity, lastAccessTime }) =>
          identity?.endsWith(`@${host}`) &&
          Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < POLL_MS,
      );
      if (!here) throw new Error(`no worker of host ${host} polls the task queue ${taskQueue} for ${role}`);
    }
  } finally {
    await connection.close();
  }
}
