/**
 * `npm run bench [-- --json] [-- --only NAME]`: starts its own servers, measures, and prints a table or JSON. Of
 * everything the table also goes to docs/performance.md below its marker. NAME: a part of a workload's name, `live`,
 * `streams`, `messages`, `changes`, `frames`, `cli`, `worst` or `front-door`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { migrate } from '../src/database/migrate.ts';
import { createLogger } from '../src/log/log.ts';
import { startServers } from '../test/support/servers.ts';
import type { Servers } from '../test/support/servers.ts';
import { measureChanges } from './changes.ts';
import { compare } from './compare.ts';
import type { Comparison } from './compare.ts';
import { benchDefinition } from './definition.ts';
import { measureCliStart } from './cli-start.ts';
import { measureFrontDoor } from './front-door/measure.ts';
import { measureFrames } from './frames.ts';
import { measureLag } from './lag.ts';
import { measureLive } from './live.ts';
import { measureMessages } from './messages.ts';
import { measureStreams } from './stream-readers.ts';
import { hint, startProjector } from './projector.ts';
import { starter, withWorkers } from './sides.ts';
import type { BenchResult } from './result.ts';
import { markdown } from './table.ts';
import { measureWorst } from './worst.ts';
import { WORKLOADS } from './workloads.ts';

const REPORT = new URL('../docs/performance.md', import.meta.url);
const MARKER = '<!-- npm run bench writes below this line -->';
const IDLE_RUNS = 20;

const { values: args } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' } } });
const log = (line: string): void => void process.stderr.write(`${line}\n`);

// First, and on servers of its own: nothing else is to be there.
const isDoorChosen = args.only === undefined || args.only === 'front-door';
const door = isDoorChosen ? await measureFrontDoor(log) : [];
const result: BenchResult = { ...(await withServers(bench)), door };
if (args.json === true) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
else report(result);
process.exit(0);

async function withServers<T>(measure: (servers: Servers) => Promise<T>): Promise<T> {
  const servers = await startServers();
  try {
    return await measure(servers);
  } finally {
    await servers.stop();
  }
}

async function bench({ temporalAddress, databaseUrl }: Servers): Promise<Omit<BenchResult, 'door'>> {
  const isChosen = (name: string) => args.only === undefined || args.only === name;
  const only = ['live', 'streams', 'messages', 'changes', 'frames', 'cli', 'worst', 'front-door'].includes(
    args.only ?? '',
  );
  const cli = isChosen('cli') ? measureCliStart() : [];
  const worst = isChosen('worst') ? measureWorst() : [];
  const definition = only ? [] : await benchDefinition();
  const chosen = WORKLOADS.filter(({ name }) => args.only === undefined || name.includes(args.only));
  return withWorkers(temporalAddress, async () => {
    const client = new Client({ connection: await Connection.connect({ address: temporalAddress }) });
    // First, while the server is empty: a projector would also have to catch up with every run of the comparison.
    await migrate(databaseUrl, createLogger('bench', 'warn'));
    const projection = only ? [] : await benchProjection(client, temporalAddress, databaseUrl);
    const live = isChosen('live') ? await measureLive(temporalAddress, databaseUrl) : undefined;
    const changes = isChosen('changes') ? await measureChanges(temporalAddress, databaseUrl) : [];
    const frames = isChosen('frames') ? await measureFrames(temporalAddress, databaseUrl) : [];
    const workloads: Comparison[] = [];
    for (const workload of chosen) workloads.push(await compare(client, workload, log));
    // Last: they leave tens of thousands of events behind.
    const streams = isChosen('streams') ? await measureStreams({ temporalAddress, databaseUrl }) : [];
    const messages = isChosen('messages') ? await measureMessages({ temporalAddress, databaseUrl }) : [];
    const machine = { cpus: cpus().length, node: process.version };
    const reading = live !== undefined && { live };
    return {
      ...{ machine, workloads, projection, ...reading, streams, messages, changes },
      ...{ frames, cli, definition, worst },
    };
  });
}

/** With a projector beside: runs one after another, and many at once. */
async function benchProjection(
  client: Client,
  address: string,
  databaseUrl: string,
): Promise<BenchResult['projection']> {
  const projector = startProjector(address, databaseUrl);
  const database = new pg.Pool({ connectionString: databaseUrl });
  try {
    const [load] = WORKLOADS.filter(({ runs }) => runs > 1);
    if (load === undefined) return [];
    const start = starter(client, load);
    const one = async (): Promise<string> => {
      const handle = await start('interpreter');
      await hint(database, handle);
      await handle.result();
      return handle.workflowId;
    };
    // The first run lets the projector start and warm up.
    await measureLag(databaseUrl, async () => [await one()]);
    const idle = await measureLag(databaseUrl, async () => {
      const ids: string[] = [];
      for (let i = 0; i < IDLE_RUNS; i++) ids.push(await one());
      return ids;
    });
    const busy = await measureLag(databaseUrl, () => Promise.all(Array.from({ length: load.runs }, one)));
    return [
      { name: 'one run at a time', ...idle },
      { name: load.name, ...busy },
    ];
  } finally {
    projector.kill('SIGTERM');
    await database.end();
  }
}

function report(result: BenchResult): void {
  const table = markdown(result);
  process.stdout.write(table);
  if (args.only !== undefined) return;
  const [head] = readFileSync(REPORT, 'utf8').split(MARKER);
  const { cpus: cores, node } = result.machine;
  writeFileSync(REPORT, `${head}${MARKER}\n\nMeasured on ${cores} cores with Node ${node}.\n\n${table}`);
}
