/** What becomes of the connections of a pool when one of them ends. */
import { afterEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../src/database/database.ts';
import { createLogger } from '../src/log/log.ts';
import { freshDatabase } from './support/index.ts';

let database: Database | undefined;
afterEach(() => database?.end());

/** A pool with three connections that rest, and one that is lent. */
async function pool() {
  database = openDatabase(await freshDatabase(), { log: createLogger('test', 'silent'), name: 'test' });
  const clients = await Promise.all([1, 2, 3, 4].map(() => database!.connect()));
  const [lent, ...resting] = clients;
  for (const client of resting) client.release();
  return { database, lent: lent! };
}

test('one that is given up on purpose leaves the others alone', async () => {
  const { database: open, lent } = await pool();
  lent.release(true);
  expect(open.idleCount).toBe(3);
  await expect(open.query('select 1')).resolves.toBeDefined();
});

test('with one that broke those beside it go at once: the next statement gets a new one', async () => {
  const { database: open, lent } = await pool();
  lent.release(new Error('silent'));
  expect(open.idleCount).toBe(0);
  await expect(open.query('select 1')).resolves.toBeDefined();
});
