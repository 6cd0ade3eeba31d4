/** A worker's loop that hangs: the thread beside it says what hung it, and ends the process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createLogger } from '../../src/log/log.ts';
import { freshDatabase } from '../support/index.ts';
import { openTestDatabase } from '../support/test-database.ts';

const MAIN = fileURLToPath(new URL('../support/hanging-loop.ts', import.meta.url));

it('puts on record which run and which expression hung a worker, and kills it', async () => {
  const databaseUrl = await freshDatabase();
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, databaseUrl], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal, said).toBe('SIGKILL');
  const lines = said.split('\n').filter((line) => line.startsWith('{'));
  const expression = 'inputs.t.matches("for ever")';
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 60, run: 'run-1', expression });
  const database = openTestDatabase(databaseUrl, createLogger('test', 'fatal'));
  const { rows } = await database.query(
    'select run_id, execution_id, worker, expression, ended from execution_stalls',
  );
  await database.end();
  const record = { run_id: 'run-1', execution_id: 'execution-1', worker: 'hanging-loop' };
  expect(rows).toEqual([{ ...record, expression, ended: false }]);
});
