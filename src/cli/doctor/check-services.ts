/** Temporal, Postgres and the workers: there, of which version, and do they do their work? */
import type { Connection } from '@temporalio/client';
import pg from 'pg';
import { messageOf } from '../../errors/errors.ts';
import { lazyTemporal, type TemporalTarget } from '../../temporal/connection.ts';
import type { Config } from '../../config.ts';
import { keyringOf } from '../../secrets/keyring.ts';
import { sealingKeys } from '../../stack/servers/sealing-keys.ts';
import { checkMaintenance } from './check-maintenance.ts';
import { checkSealing } from './check-sealing.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

const LOOK_MS = 5_000;
const SKEW_MS = 2_000;
const FRESH_MS = 150_000;
/** temporal.api.enums.v1.TaskQueueType */
const QUEUE_TYPES = { workflows: 1, activities: 2 } as const;

/** @param config what the environment here says */
export async function checkPostgres(
  databaseUrl: string,
  config: Pick<Config, 'BATON_HOME' | 'BATON_MAINTAIN_HOURS' | 'BATON_SEALING_KEY'>,
): Promise<Finding[]> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'baton-doctor',
    connectionTimeoutMillis: LOOK_MS,
    query_timeout: LOOK_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const began = Date.now();
    const { rows } = await client.query<{ version: string; now: Date; tables: string | null }>(
      `select current_setting('server_version') as version, clock_timestamp() as now,
              to_regclass('workflow_runs')::text as tables`,
    );
    const [row] = rows;
    const now = (began + Date.now()) / 2;
    const here = [postgresFinding(row?.version, row?.tables), clockFinding(Number(row?.now) - now)];
    const { keys } = keyringOf(sealingKeys(config, databaseUrl));
    const maintenance = await checkMaintenance(client, config.BATON_MAINTAIN_HOURS);
    return [...here, maintenance, await checkSealing(client, keys)];
  } catch (error) {
    return [problem('postgres', `does not answer: ${messageOf(error)}`, 'start it, or mend DATABASE_URL')];
  } finally {
    await client.end().catch(() => undefined);
  }
}

function postgresFinding(version = 'unknown', tables: string | null = null): Finding {
  if (tables !== null) return ok('postgres', `Postgres ${version} has Baton's tables`);
  return problem(
    'postgres',
    `Postgres ${version} has none of Baton's tables`,
    'start the API, which makes them',
  );
}

function clockFinding(skewMs: number): Finding {
  const says = `the clocks of this machine and of Postgres differ by ${(Math.abs(skewMs) / 1_000).toFixed(1)} s`;
  if (Math.abs(skewMs) < SKEW_MS) return ok('clock', says);
  return warning('clock', says, 'let both follow a time server: time limits and lag are measured with them');
}

export async function checkTemporal(target: TemporalTarget, taskQueue: string): Promise<Finding[]> {
  const connection = lazyTemporal(target);
  try {
    return await connection.withDeadline(Date.now() + LOOK_MS, () => lookAt(connection, target, taskQueue));
  } catch (error) {
    const says = `${target.address} does not answer: ${messageOf(error)}`;
    return [problem('temporal', says, 'start it, or mend TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE')];
  } finally {
    await connection.close();
  }
}

async function lookAt(
  { workflowService }: Connection,
  { address, namespace }: TemporalTarget,
  taskQueue: string,
): Promise<Finding[]> {
  const { serverVersion } = await workflowService.getSystemInfo({});
  await workflowService.describeNamespace({ namespace });
  const look = { workflowService, namespace, taskQueue };
  return [
    ok(
      'temporal',
      `Temporal ${serverVersion ?? '(no version)'} at ${address} has the namespace ${namespace}`,
    ),
    await checkWorkers({ ...look, role: 'workflows' }),
    await checkWorkers({ ...look, role: 'activities' }),
  ];
}

interface Look {
  readonly workflowService: Connection['workflowService'];
  readonly namespace: string;
  readonly taskQueue: string;
  readonly role: keyof typeof QUEUE_TYPES;
}

async function checkWorkers({ workflowService, namespace, taskQueue, role }: Look): Promise<Finding> {
  const check = `workers_${role}`;
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: QUEUE_TYPES[role],
  });
  const fresh = pollers.filter(({ lastAccessTime }) => {
    return Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000 < FRESH_MS;
  });
  if (fresh.length > 0) return ok(check, `${fresh.length} poll the task queue ${taskQueue} for ${role}`);
  const says = `nobody polls the task queue ${taskQueue} for ${role}: runs wait`;
  return problem(check, says, 'start a worker, or look into its log');
}
