/** Whether what an installation tells is what happened: its tables, the stored events, Temporal, and the world. */
import { connectTemporal, temporalClient } from '../../src/temporal/connection.ts';
import type { Verification } from '../../src/projections/index.ts';
import pg from 'pg';
import { baton, type Site } from './installation.ts';
import type { Entry } from './ledger.ts';
import { demand, say } from './say.ts';

/** `baton verify` of every run. @throws Error naming the runs that differ */
export async function verifyAll(site: Site): Promise<void> {
  const text = await baton(site, 'verify', '-o', 'json').catch((error: unknown) => {
    // What it found stands on its output.
    const { stdout } = error as { stdout?: string };
    if (stdout === undefined || stdout === '') throw error;
    return stdout;
  });
  const results = JSON.parse(text) as readonly Verification[];
  const wrong = results.filter(({ ok }) => !ok);
  demand(wrong.length === 0, `verify: ${JSON.stringify(wrong.slice(0, 3), null, 1)}`);
  const events = results.reduce((sum, result) => sum + result.history_events, 0);
  const rows = results.reduce((sum, result) => sum + result.rows, 0);
  demand(
    results.every(({ temporal }) => temporal === 'equal'),
    'verify could not compare all of it with Temporal',
  );
  say(`verify: ${results.length} runs, ${rows} rows and ${events} stored events equal Temporal's histories`);
}

/** The tables know exactly the executions that Temporal has, and those are closed as the tables say. */
export async function compareCounts(site: Site): Promise<void> {
  const target = { address: site.temporalAddress, namespace: site.namespace };
  const connection = await connectTemporal(target);
  const client = new pg.Client({ connectionString: site.databaseUrl });
  await client.connect();
  try {
    const temporal = temporalClient(connection, target, 'deployment-test');
    const inTemporal: string[] = [];
    for await (const { runId, status } of temporal.workflow.list())
      inTemporal.push(`${runId} ${status.name.toLowerCase()}`);
    const { rows } = await client.query<{ execution: string; closed: string | null }>(
      'select execution_id as execution, close_status as closed from executions',
    );
    const inTables = rows.map(({ execution, closed }) => `${execution} ${closed ?? 'running'}`);
    const missing = inTemporal.filter((one) => !inTables.includes(one));
    demand(missing.length === 0, `not so in the tables: ${missing.slice(0, 3).join('; ')}`);
    demand(
      inTables.length === inTemporal.length,
      `${inTables.length} executions in the tables, ${inTemporal.length} in Temporal`,
    );
    say(`${inTemporal.length} executions, in Temporal as in the tables`);
  } finally {
    await client.end();
    await connection.close();
  }
}

/**
 * Every effect came under its key, each step of each run under one, and none was left out.
 *
 * @param entries whose paths are `/storm/RUN/STEP`
 */
export function checkEffects(
  entries: readonly Entry[],
  runs: readonly string[],
  steps: readonly string[],
): void {
  const keyless = entries.filter(({ key }) => key === null);
  demand(keyless.length === 0, `without a key: ${JSON.stringify(keyless.slice(0, 3))}`);
  const keysOf = new Map<string, Set<string>>();
  for (const { path, key } of entries) {
    const keys = keysOf.get(path) ?? new Set();
    keysOf.set(path, keys.add(String(key)));
  }
  for (const run of runs)
    for (const step of steps) {
      const keys = [...(keysOf.get(`/storm/${run}/${step}`) ?? [])];
      demand(keys.length === 1, `step ${step} of ${run} acted under ${keys.length} keys: ${keys.join(', ')}`);
      demand(keys[0]?.startsWith(`${run}/0/${step}/`), `step ${step} of ${run} acted under ${keys[0]}`);
    }
  const again = entries.length - runs.length * steps.length;
  say(
    `${runs.length * steps.length} effects, each under one key of its own; ${again} came again under theirs`,
  );
}
