/** What becomes of the connections of a pool when one of them ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { inTransaction, type Database, type DatabaseClient } from '../src/database/database.ts';
import { openLink, type Link } from './support/cuttable-link.ts';
import { freshDatabase } from './support/index.ts';
import { openTestDatabase } from './support/test-database.ts';

let database: Database | undefined;
afterEach(() => database?.end());

/** A pool with three connections that rest, and one that is lent. */
async function pool() {
  database = openTestDatabase(await freshDatabase());
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

/** A pool over a link that can break. */
async function linked(): Promise<{ database: Database; link: Link }> {
  const url = new URL(await freshDatabase());
  const link = await openLink(url.hostname, Number(url.port));
  url.host = `127.0.0.1:${link.port}`;
  database = openTestDatabase(url.href);
  return { database, link };
}

/** How a connection can be held while it breaks. */
const HELD: Record<string, (client: DatabaseClient, link: Link) => Promise<unknown>> = {
  'between two statements': async (client, link) => {
    link.reset();
    await sleep(100);
    await client.query('select 1');
  },
  'while a statement is under way': async (client, link) => {
    setTimeout(() => link.reset(), 50);
    await client.query('select pg_sleep(30)');
  },
};

// An error event that nobody hears would end the process, which vitest tells as an error beside all tests.
test.each(Object.entries(HELD))(
  'one that breaks in a transaction, %s, fails that and nothing else',
  async (_, work) => {
    const { database: open, link } = await linked();
    await expect(inTransaction(open, (client) => work(client, link))).rejects.toThrow();
    await expect(open.query('select 1')).resolves.toBeDefined();
    const lent = await open.connect();
    link.reset();
    await expect(lent.query('select 1')).rejects.toThrow();
    lent.release(true);
  },
);
