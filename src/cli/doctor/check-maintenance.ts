/** Is maintenance done on its schedule, and what came of the last one? */
import type pg from 'pg';
import { formatAge } from '../terminal/style.ts';
import { ok, problem, skipped, warning, type Finding } from './finding.ts';

/** The newest maintenance, and the newest that was done. */
export interface LastMaintenance {
  readonly outcome: string;
  /** ms since it was begun. */
  readonly age: number;
  /** Of the newest that was done; null: none was. */
  readonly done_age: number | null;
  readonly detail: { readonly [task: string]: { readonly error?: string } | undefined };
}

const HOUR_MS = 3_600_000;

/** @param hours from one to the next, as the environment here says. */
export async function checkMaintenance(client: pg.Client, hours: number): Promise<Finding> {
  const { rows: tables } = await client.query<{ name: string | null }>(
    `select to_regclass('maintenance_runs')::text as name`,
  );
  if (typeof tables[0]?.name !== 'string')
    return skipped('maintenance', 'the tables are of an older version');
  const { rows } = await client.query<LastMaintenance>(`
    select outcome, detail, extract(epoch from now() - started_at)::float * 1000 as age,
           (select extract(epoch from now() - max(started_at))::float * 1000
            from maintenance_runs where outcome = 'done') as done_age
    from maintenance_runs order by id desc limit 1`);
  return maintenanceFinding(rows[0], hours);
}

/** Pure. */
export function maintenanceFinding(last: LastMaintenance | undefined, hours: number): Finding {
  if (hours === 0) return skipped('maintenance', 'is switched off (BATON_MAINTAIN_HOURS=0)');
  if (last === undefined) return ok('maintenance', `has not been due so far; every ${hours} h`);
  const ago = `${formatAge(last.age)} ago`;
  if (last.outcome !== 'done' && last.outcome !== 'begun') {
    const reasons = Object.entries(last.detail).flatMap(([task, it]) =>
      it?.error === undefined ? [] : [`${task}: ${it.error}`],
    );
    const says = `has failed ${ago} (${last.outcome}): ${reasons.join('; ')}`;
    return problem('maintenance', says, 'mend what it says; it is tried again each hour');
  }
  const done = last.done_age === null ? 'never' : `${formatAge(last.done_age)} ago`;
  if ((last.done_age ?? last.age) > (2 * hours + 1) * HOUR_MS) {
    return warning('maintenance', `was done ${done}, is due every ${hours} h`, 'see that a projector runs');
  }
  return ok(
    'maintenance',
    last.outcome === 'begun' ? `was begun ${ago}` : `was done ${done}; every ${hours} h`,
  );
}
