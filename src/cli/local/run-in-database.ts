/** Which run is meant, for commands that go past the API: as `find-run.ts` decides, out of the tables. */
import type { Database } from '../../database/database.ts';
import { sql, type Statement } from '../../database/sql.ts';
import type { RunStatus } from '../../protocol/status.ts';
import { findRun, type Candidate, type RunLookup } from '../client/find-run.ts';

export const runInDatabase = (database: Database, words: string): Promise<string> =>
  findRun(databaseLookup(database), words);

function databaseLookup(database: Database): RunLookup {
  const rows = async <T extends object>(statement: Statement): Promise<T[]> =>
    (await database.query<T>(statement)).rows;
  return {
    has: async (id) => (await rows(findId(id))).length > 0,
    beginningWith: async (prefix, most) => (await rows<Row>(findPrefix(prefix, most))).map(candidate),
    newest: async (workflow) => (await rows<Row>(findNewest(workflow))).map(candidate)[0],
  };
}

interface Row {
  readonly id: string;
  readonly status: RunStatus;
  readonly created_at: Date;
}

const candidate = ({ id, status, created_at: at }: Row): Candidate => ({
  id,
  status,
  created_at: at.toISOString(),
});

/** Also a run of which only the history is stored. */
const findId = (id: string): Statement => sql`
  select from workflow_runs where id = ${id} union all select from executions where run_id = ${id} limit 1`;

const findPrefix = (prefix: string, most: number): Statement => sql`
  select id, status, created_at from workflow_runs
  where id like ${`${prefix.replaceAll(/[\\%_]/g, '\\$&')}%`}
  order by created_at desc, id desc limit ${most}`;

const findNewest = (workflow: string | undefined): Statement => sql`
  select id, status, created_at from workflow_runs
  where ${workflow ?? null}::text is null or workflow = ${workflow ?? null}
  order by created_at desc, id desc limit 1`;
