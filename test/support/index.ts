/** What integration tests use: a database of their own, a task queue of their own, waiting, and the operator's CLI. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import pg from 'pg';
import { inject } from 'vitest';
import { messageOf } from '../../src/errors/errors.ts';
import { afterFile } from './after-file.ts';
import { PATIENCE_MS } from './until.ts';

export { until } from './until.ts';

const run = promisify(execFile);

/** Where the shared Temporal server is. */
export const temporalTarget = (): { address: string; namespace: string } => ({
  address: inject('temporalAddress'),
  namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default',
});

/** Code of the workflow bundle, for `Worker.create({ workflowBundle: { code } })`. */
export const workflowBundle = (): { code: string } => ({ code: inject('workflowBundle') });

/**
 * URL of a new, migrated, empty database. One per test file, at its top level or in `beforeAll`; it is dropped after the
 * file.
 */
export async function freshDatabase(): Promise<string> {
  const name = `baton_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  await onServer(`create database ${name} template ${inject('templateDatabase')}`);
  afterFile(() => onServer(`drop database if exists ${name} with (force)`));
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

/** A task queue that nobody else uses; `label` helps when reading logs. */
export const taskQueue = (label = 'test'): string => `${label}-${randomUUID().slice(0, 8)}`;

/** A run id that nobody else uses. */
export const runId = (label = 'run'): string => `${label}-${randomUUID().slice(0, 8)}`;

/**
 * Runs the `temporal` CLI against the shared server, as an operator would, and resolves with its stdout. What Temporal
 * refuses since it could not lock the workflow in time has changed nothing (its `RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW`)
 * and is typed again.
 *
 * @throws Error with its stderr when it fails.
 */
export async function temporalCli(args: readonly string[]): Promise<string> {
  const { address, namespace } = temporalTarget();
  const typed = [...args, '--address', address, '--namespace', namespace];
  const givenUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return (await run(inject('temporalCli'), typed, { maxBuffer: 64 * 1024 * 1024 })).stdout;
    } catch (error) {
      if (!messageOf(error).includes('Workflow is busy.') || performance.now() > givenUpAt) throw error;
    }
  }
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('databaseUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
