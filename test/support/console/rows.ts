/**
 * Rows of runs that have never run, for what is large: what is looked at is the page, not how runs come to be. They are
 * written as the projector writes those of real ones.
 */
import { sql, type Statement } from '../../../src/database/sql.ts';
import { ROWS_VERSION } from '../../../src/tables/rows-version.ts';

/** Of what tests and benches have a database by. */
interface Rows {
  query(statement: Statement): Promise<unknown>;
}

export async function insertRun(rows: Rows, id: string, planHash: string | null = null): Promise<void> {
  await rows.query(sql`
    insert into workflow_runs (id, workflow, version, plan_hash, status, labels, execution_id, created_at, updated_at, started_at,
                               rows_version)
    values (${id}, 'talking', '1.0.0', ${planHash}, 'running', '{}', 'e', now(), now(), now(), ${ROWS_VERSION})`);
}

/** Entries `2 × first + 1` to `2 × last + 2` of a run: `entry N`, by two agents in turn, each with a call of a tool. */
export async function converse(rows: Rows, id: string, first: number, last: number): Promise<void> {
  await rows.query(sql`
    insert into workflow_messages (run_id, seq, message_type, action_status, content, step, agent, attempt, turn, metadata,
                                   created_at, updated_seq)
    select ${id}::text, 3 * unit + at, 'agent', 'processed', 'entry ' || (2 * unit + (at + 1) / 2), step, step, 1, unit + 1,
           '{}', now(), 3 * unit + at
    from generate_series(${first}::int, ${last}::int) unit, unnest(array[1, 3]) at,
         lateral (select case when unit % 2 = 0 then 'plan' else 'code' end as step) s`);
  await rows.query(sql`
    insert into workflow_events (run_id, seq, type, step, attempt, turn, data, at, execution_id, event_id)
    select ${id}::text, 3 * unit + at, (array['message', 'tool_call', 'tool_response'])[at], step, 1, unit + 1,
           '{"index": 0, "name": "read_file", "preview": "a file"}'::jsonb, now(), 'e', 3 * unit + at
    from generate_series(${first}::int, ${last}::int) unit, unnest(array[1, 2, 3]) at,
         lateral (select case when unit % 2 = 0 then 'plan' else 'code' end as step) s`);
  await rows.query(sql`update workflow_runs set last_seq = ${3 * last + 3} where id = ${id}`);
  await rows.query(sql`select pg_notify('baton_run', ${id})`);
}

/** So many copies of a run, `copy-000001` and so on, each a second older than the one before; one in a thousand has failed. */
export async function insertCopies(rows: Rows, id: string, many: number): Promise<void> {
  // A statement may not take long.
  for (let from = 1; from <= many; from += 10_000)
    await rows.query(sql`
      insert into workflow_runs
      select copy.*
      from workflow_runs r, generate_series(${from}::int, ${Math.min(from + 9_999, many)}::int) n,
           lateral jsonb_populate_record(null::workflow_runs, to_jsonb(r) || jsonb_build_object(
             'id', 'copy-' || lpad(n::text, 6, '0'), 'created_at', r.created_at - n * interval '1 second',
             'status', case when n % 1000 = 0 then 'failed' else 'completed' end)) copy
      where r.id = ${id}`);
  await rows.query(sql`analyze workflow_runs`);
}

/** Steps `s0`, `s1` and so on of a run, in layers: each waits for the one above it. */
export async function insertSteps(rows: Rows, id: string, many: number, wide: number): Promise<void> {
  await rows.query(sql`
    insert into workflow_step_executions (run_id, address, key, position, title, kind, level, dependencies, status, attempt)
    select ${id}, 's' || at, 's' || at, at, 'Step ' || at, 'transform', at / ${wide}::int,
           case when at < ${wide}::int then '{}'::text[] else array['s' || (at - ${wide}::int)] end,
           case when at < ${many}::int / 2 then 'completed' else 'pending' end, 1
    from generate_series(0, ${many - 1}::int) at`);
}

/** The definition with those steps. */
export function layersOf(many: number, wide: number): string {
  const steps = Array.from({ length: many }, (_, at) => {
    const after = at < wide ? '' : `s${at - wide}`;
    return `  - { key: s${at}, title: Step ${at}, transform: 1, dependencies: [${after}] }`;
  });
  return ['name: layers', 'version: 1.0.0', 'steps:', ...steps].join('\n');
}
