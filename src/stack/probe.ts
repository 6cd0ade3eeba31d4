/**
 * Health check inside a container: `node dist/stack/probe.js api|projector|worker`. Exit code 0 when the program of
 * this container does its work, 1 with a reason otherwise.
 *
 * A worker is healthy while Temporal sees its host polling the task queue; a projector while it is connected to
 * Postgres; the API when it says itself that it is ready.
 */
import { hostname } from 'node:os';
import pg from 'pg';
import { readConfig, type Config } from '../config.ts';
import { messageOf } from '../errors/errors.ts';
import { connectTemporal } from '../temporal/connection.ts';

const TIMEOUT_MS = 8_000;
/** temporal.api.enums.v1.TaskQueueType: workflow, activity. */
const QUEUE_TYPES = [1, 2];

const PROBES: Readonly<Record<string, (config: Config) => Promise<void>>> = { api, projector, worker };

try {
  const probe = PROBES[process.argv[2] ?? ''];
  if (probe === undefined) throw new Error(`say one of ${Object.keys(PROBES).join(', ')}`);
  setTimeout(() => fail(`no answer within ${TIMEOUT_MS} ms`), TIMEOUT_MS);
  await probe(readConfig());
  process.exit(0);
} catch (error) {
  fail(messageOf(error));
}

async function api(config: Config): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${config.BATON_PORT}/health/ready`);
  if (!response.ok) throw new Error(await response.text());
}

async function projector(config: Config): Promise<void> {
  const client = new pg.Client({ connectionString: config.DATABASE_URL, application_name: 'baton-probe' });
  await client.connect();
  const { rowCount } = await client.query(
    `select 1 from pg_stat_activity
     where application_name like 'baton-proj%' and client_addr is not distinct from inet_client_addr() limit 1`,
  );
  if (rowCount === 0) throw new Error('the projector of this host is not connected to Postgres');
}

async function worker(config: Config): Promise<void> {
  const target = { address: config.TEMPORAL_ADDRESS ?? '', namespace: config.TEMPORAL_NAMESPACE };
  const connection = await connectTemporal(target);
  const answers = await Promise.all(
    QUEUE_TYPES.map((taskQueueType) =>
      connection.workflowService.describeTaskQueue({
        namespace: target.namespace,
        taskQueue: { name: config.BATON_TASK_QUEUE },
        taskQueueType,
      }),
    ),
  );
  const pollers = answers.flatMap((answer) => answer.pollers);
  if (!pollers.some((poller) => poller?.identity?.endsWith(`@${hostname()}`))) {
    throw new Error(`no worker of host ${hostname()} polls the task queue ${config.BATON_TASK_QUEUE}`);
  }
}

function fail(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
