/** The projector beside the bench, in a process of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type pg from 'pg';
import { builtProgram } from '../test/support/built-program.ts';
import { QUEUES } from './sides.ts';

/** Tells the projector of a new run, as the API does; without it, it would be found by the next sweep. */
export async function hint(database: pg.Pool, handle: WorkflowHandleWithFirstExecutionRunId): Promise<void> {
  const { workflowId: run_id, firstExecutionRunId: execution_id } = handle;
  await database.query(`select pg_notify('baton_hint', $1)`, [JSON.stringify({ run_id, execution_id })]);
}

export function startProjector(address: string, databaseUrl: string): ChildProcess {
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: address,
    DATABASE_URL: databaseUrl,
    BATON_TASK_QUEUE: QUEUES.interpreter,
    BATON_LOG_LEVEL: 'warn',
  };
  const program = builtProgram('projections/main');
  return spawn(process.execPath, [...program], { env, stdio: ['ignore', 'inherit', 'inherit'] });
}
