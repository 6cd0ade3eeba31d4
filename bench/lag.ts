/**
 * Projection lag as a reader sees it: from the time of an event to the commit that shows it. Listens to the
 * projector's notifications and compares each newly stored event's time with the moment of the notification.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import type { Arrival } from './listener.ts';
import { percentile } from './statistics.ts';

export interface Lag {
  readonly samples: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** Listens until the runs are done and the projector has caught up with them. */
export async function measureLag(databaseUrl: string, runs: () => Promise<readonly string[]>): Promise<Lag> {
  const listener = await startListener(databaseUrl);
  const reader = new pg.Client({ connectionString: databaseUrl });
  await reader.connect();
  const ids = await runs();
  await untilClosed(reader, ids);
  listener.send('stop');
  const [arrived] = (await once(listener, 'message')) as [readonly Arrival[]];
  const lags = await lagsOf(reader, arrived, new Set(ids));
  await reader.end();
  return { samples: lags.length, p50_ms: percentile(lags, 0.5), p99_ms: percentile(lags, 0.99) };
}

async function startListener(databaseUrl: string): Promise<ChildProcess> {
  const main = new URL('./listener.ts', import.meta.url).pathname;
  const listener = fork(main, [databaseUrl], { execArgv: ['--import', 'tsx'] });
  await once(listener, 'message');
  return listener;
}

async function untilClosed(db: pg.Client, ids: readonly string[]): Promise<void> {
  const query = `select count(*)::int as open from unnest($1::text[]) id
    where not exists (select from workflow_runs r where r.id = id and r.completed_at is not null)`;
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const { rows } = await db.query<{ open: number }>(query, [ids]);
    if (rows[0]?.open === 0) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('the projector did not catch up within 120 s');
}

/**
 * Every event of a workflow task that completed becomes visible with the first notification at or after it. Events
 * are told apart by time, so an event that was recorded between two notifications counts for the second.
 */
async function lagsOf(
  db: pg.Client,
  arrived: readonly Arrival[],
  ids: ReadonlySet<string>,
): Promise<number[]> {
  const { rows } = await db.query<{ run_id: string; at: Date }>(
    `select x.run_id, e.event_time as at from history_events e join executions x using (execution_id)
     where e.event_type like '%WORKFLOW_TASK_COMPLETED' or e.event_type like '%WORKFLOW_EXECUTION_COMPLETED'`,
  );
  const byRun = groupByRun(arrived);
  return rows.flatMap(({ run_id: run, at }) => {
    if (!ids.has(run)) return [];
    const first = byRun.get(run)?.find((notification) => notification.at >= at.getTime());
    return first === undefined ? [] : [first.at - at.getTime()];
  });
}

function groupByRun(arrived: readonly Arrival[]): Map<string, Arrival[]> {
  const groups = new Map<string, Arrival[]>();
  for (const arrival of arrived) groups.set(arrival.run, [...(groups.get(arrival.run) ?? []), arrival]);
  return groups;
}
