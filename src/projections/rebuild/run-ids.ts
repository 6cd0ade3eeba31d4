/** The ids of all runs of which events are stored. */
import type { Queryable } from '../../database/database.ts';
import { listRuns } from '../sql/list-runs.ts';

const CHUNK = 500;

export async function* listRunIds(db: Queryable): AsyncGenerator<string> {
  let after = '';
  for (;;) {
    const { rows } = await db.query<{ run_id: string }>(listRuns(after, CHUNK));
    for (const { run_id } of rows) yield run_id;
    const last = rows.at(-1);
    if (last === undefined || rows.length < CHUNK) return;
    after = last.run_id;
  }
}
