import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, temporalCli, until } from './index.ts';

let databaseUrl: string;
beforeAll(async () => {
  databaseUrl = await freshDatabase();
});

describe('test servers', () => {
  it('give every file a migrated, empty database', async () => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const { rows } = await client.query('select count(*)::int as runs from workflow_runs');
    await client.end();
    expect(rows).toEqual([{ runs: 0 }]);
  });

  it('keep closed histories for 30 days', async () => {
    const text = await temporalCli(['operator', 'namespace', 'describe', '-o', 'json']);
    expect(text).toContain('2592000s');
  });

  it('wait for a condition and say what was missing', async () => {
    let looks = 0;
    await expect(until(() => ++looks > 3)).resolves.toBe(true);
    await expect(until(() => false, { timeout: 1, describe: 'pigs that fly' })).rejects.toThrow(
      /pigs that fly/,
    );
  });
});
