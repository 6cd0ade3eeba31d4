/** What workers are scaled by: how many steps wait for a capability that nobody serves, as Temporal tells it. */
import { connectTemporal } from '../../src/temporal/connection.ts';
import { until } from '../support/until.ts';
import type { Fleet } from './fleet.ts';
import type { FrontDoor } from './front-door.ts';
import type { Site } from './installation.ts';
import type { Ledger } from './ledger.ts';
import { CAPABILITY } from './members.ts';
import { demand, say } from './say.ts';

const RUNS = 5;
/** temporal.api.enums.v1.TaskQueueType: activity. */
const ACTIVITY = 2;
const DEFINITION = `
name: backlog
version: 1.0.0
inputs:
  url: string
steps:
  - key: far
    capability: ${CAPABILITY}
    http: { method: POST, url: '{{ url }}/backlog/{{ run.id }}', body: {} }
`;

/** Steps wait, are counted, and are done once their worker is there again; those of the default queue are not held up. */
export async function backlog(site: Site, fleet: Fleet, door: FrontDoor, ledger: Ledger): Promise<void> {
  const worker = fleet.member('worker-gpu');
  await door.publish(DEFINITION);
  await worker.stop();
  const runs = await Promise.all(
    Array.from({ length: RUNS }, () => door.start('backlog', { url: ledger.url })),
  );
  await until(async () => (await waiting(site, CAPABILITY)) === RUNS, {
    describe: async () => `a backlog of ${RUNS}; it is ${await waiting(site, CAPABILITY)}`,
  });
  demand((await waiting(site, 'baton')) === 0, 'steps of the default queue wait too');
  worker.start();
  const ended = await Promise.all(runs.map((id) => door.finished(id)));
  demand(
    ended.every(({ status }) => status === 'completed'),
    'a run did not complete after its worker came back',
  );
  await until(async () => (await waiting(site, CAPABILITY)) === 0, { describe: 'no backlog any more' });
  say(`backlog: ${RUNS} steps waited for ${CAPABILITY} and were counted by Temporal, then done`);
}

/** As KEDA's scaler asks for it. */
async function waiting(site: Site, queue: string): Promise<number> {
  const connection = await connectTemporal({ address: site.temporalAddress, namespace: site.namespace });
  try {
    const { stats } = await connection.workflowService.describeTaskQueue({
      namespace: site.namespace,
      taskQueue: { name: queue },
      taskQueueType: ACTIVITY,
      reportStats: true,
    });
    return Number(stats?.approximateBacklogCount ?? 0);
  } finally {
    await connection.close();
  }
}
