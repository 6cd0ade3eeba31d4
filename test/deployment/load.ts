/**
 * What a run costs: processor time of each program and server, bytes in Postgres, and what runs cost that only wait. The
 * figures of docs/sizing.md. They are told in time of a processor, which hardly depends on what else this machine does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import pg from 'pg';
import { until } from '../support/until.ts';
import { cpuSeconds, residentMb } from './consumption.ts';
import type { Fleet } from './fleet.ts';
import type { FrontDoor } from './front-door.ts';
import type { Installation } from './installation.ts';
import { demand, say } from './say.ts';

const AT_ONCE = 20;
/** Before anything is measured: code is compiled, pools are filled. */
const WARM_RUNS = 30;
const WAITING_RUNS = 1_000;
const IDLE_MS = 40_000;

interface Load {
  readonly name: string;
  readonly runs: number;
  readonly steps: number;
  readonly definition: string;
}

const chain = (name: string, count: number, step: (i: number) => string): string =>
  [
    `name: ${name}`,
    'version: 1.0.0',
    'steps:',
    ...Array.from(
      { length: count },
      (_, i) => `  - { key: s${i}, ${step(i)}${i > 0 ? `, dependencies: [s${i - 1}]` : ''} }`,
    ),
    '',
  ].join('\n');

const loads = (url: string): readonly Load[] => [
  {
    name: 'chain-of-5',
    runs: 200,
    steps: 5,
    definition: chain('chain-of-5', 5, () => `http: { method: GET, url: "${url}/quick" }`),
  },
  {
    name: 'chain-of-40',
    runs: 40,
    steps: 40,
    definition: chain('chain-of-40', 40, () => `http: { method: GET, url: "${url}/quick" }`),
  },
  {
    name: 'agents',
    runs: 60,
    steps: 4,
    definition: chain('agents', 4, () => 'agent: backend, prompt: "Go on?"'),
  },
];

type Seconds = Readonly<Record<string, number>>;

/** Of everything that takes part. */
interface Reading {
  readonly at: number;
  readonly cpu: Seconds;
  readonly events: number;
  readonly batonBytes: number;
  readonly temporalBytes: number;
  readonly wal: number;
}

export class LoadTest {
  readonly #fleet: Fleet;
  readonly #door: FrontDoor;
  readonly #installation: Installation;

  constructor(fleet: Fleet, door: FrontDoor, installation: Installation) {
    this.#fleet = fleet;
    this.#door = door;
    this.#installation = installation;
  }

  /** @param url of a server that answers at once */
  async measure(url: string): Promise<void> {
    const idle = await this.#idle();
    tellRates('nothing to do', idle);
    for (const load of loads(url)) {
      await this.#door.publish(load.definition);
      await this.#run(load.name, Math.min(load.runs, WARM_RUNS));
      const before = await this.#read();
      await this.#run(load.name, load.runs);
      tell(load, before, await this.#read(), idle);
    }
    await this.#waiting();
  }

  /** Runs that wait for a day, and what they cost meanwhile. */
  async #waiting(): Promise<void> {
    await this.#door.publish('name: waiting\nversion: 1.0.0\nsteps:\n  - { key: rest, wait: 1d }\n');
    const memory = () => this.#fleet.of('projector').map(({ pid }) => residentMb(pid ?? 0));
    const emptyMb = memory();
    const limit = pLimit(AT_ONCE);
    await Promise.all(Array.from({ length: WAITING_RUNS }, () => limit(() => this.#door.start('waiting'))));
    tellRates(`${WAITING_RUNS} runs that only wait`, await this.#idle());
    say(`  projectors: ${emptyMb.join(' and ')} MB before, ${memory().join(' and ')} MB with them`);
    say(
      `  connections to Postgres: ${(await this.#connections()).map(({ name, count }) => `${name} ${count}`).join(', ')}`,
    );
  }

  /** What everything takes while nothing happens, in seconds of a processor a second. */
  async #idle(): Promise<Seconds> {
    await sleep(IDLE_MS / 2);
    const before = await this.#read();
    await sleep(IDLE_MS);
    const after = await this.#read();
    return difference(after.cpu, before.cpu, (after.at - before.at) / 1000);
  }

  /** The tables are asked for the ends, and not the API: whoever waits for a run is no part of what it costs. */
  async #run(workflow: string, count: number): Promise<void> {
    const before = await this.#ends(workflow);
    const limit = pLimit(AT_ONCE);
    await Promise.all(Array.from({ length: count }, () => limit(() => this.#door.start(workflow))));
    const after = await until(
      async () => {
        const ends = await this.#ends(workflow);
        return ends.failed + ends.completed >= before.completed + count ? ends : undefined;
      },
      { timeout: 1_200_000, interval: 500, describe: `${count} runs of ${workflow} end` },
    );
    demand(after.failed === 0, `${after.failed} runs of ${workflow} did not complete`);
  }

  async #ends(workflow: string): Promise<{ readonly completed: number; readonly failed: number }> {
    const [row] = await this.#ask<{ completed: number; failed: number }>(
      this.#installation.site('main').databaseUrl,
      `select count(*) filter (where status = 'completed')::int as completed,
              count(*) filter (where completed_at is not null and status <> 'completed')::int as failed
       from workflow_runs where workflow = $1`,
      [workflow],
    );
    return row ?? { completed: 0, failed: 0 };
  }

  async #read(): Promise<Reading> {
    const { servers } = this.#installation;
    const cpu: Record<string, number> = {};
    for (const { service, pid } of this.#fleet.members)
      cpu[service] = (cpu[service] ?? 0) + cpuSeconds(pid ?? 0);
    cpu['temporal'] = cpuSeconds(servers.temporalPid);
    cpu['postgres'] = cpuSeconds(servers.postgresPid);
    const [row] = await this.#ask<Omit<Reading, 'at' | 'cpu' | 'events'>>(
      servers.adminUrl,
      `select pg_database_size('site_main')::float8 as "batonBytes",
              (pg_database_size('temporal') + pg_database_size('temporal_visibility'))::float8 as "temporalBytes",
              pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as wal`,
    );
    const [{ events } = { events: 0 }] = await this.#ask<{ events: number }>(
      this.#installation.site('main').databaseUrl,
      'select count(*)::int as events from history_events',
    );
    if (row === undefined) throw new Error('Postgres told nothing of its sizes');
    return { at: performance.now(), cpu, events, ...row };
  }

  #connections(): Promise<readonly { name: string; count: number }[]> {
    return this.#ask(
      this.#installation.servers.adminUrl,
      `select coalesce(nullif(application_name, ''), usename) as name, count(*)::int as count
       from pg_stat_activity where usename is not null group by 1 order by 1`,
    );
  }

  async #ask<Row extends object>(
    url: string,
    statement: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Row>(statement, [...values])).rows;
    } finally {
      await client.end();
    }
  }
}

/** @param by both are divided by it */
function difference(after: Seconds, before: Seconds, by: number): Seconds {
  return Object.fromEntries(
    Object.entries(after).map(([part, cpu]) => [part, (cpu - (before[part] ?? 0)) / by]),
  );
}

function tellRates(what: string, rates: Seconds): void {
  const parts = Object.entries(rates).map(([part, rate]) => `${part} ${(rate * 1000).toFixed(0)}`);
  say(`${what}, in ms of a processor a second: ${parts.join(', ')}`);
}

/** @param idle what would have been spent anyway is left out */
function tell({ name, runs, steps }: Load, before: Reading, after: Reading, idle: Seconds): void {
  const seconds = (after.at - before.at) / 1000;
  const kb = (bytes: number) => `${(bytes / runs / 1024).toFixed(1)} KB`;
  const rates = `${(runs / seconds).toFixed(1)} runs and ${((runs * steps) / seconds).toFixed(0)} steps a second`;
  say(`${name}: ${runs} runs of ${steps} steps in ${seconds.toFixed(1)} s, ${rates}`);
  const events = ((after.events - before.events) / runs).toFixed(1);
  const bytes = [after.batonBytes - before.batonBytes, after.temporalBytes - before.temporalBytes].map(kb);
  say(`  a run: ${events} events, ${bytes[0]} of Baton's, ${bytes[1]} of Temporal's`);
  say(`  write-ahead log of a run: ${kb(after.wal - before.wal)}`);
  const spent = difference(after.cpu, before.cpu, 1);
  const net = Object.entries(spent).map(
    ([part, cpu]) => [part, Math.max(0, cpu - (idle[part] ?? 0) * seconds) / runs] as const,
  );
  const all = net.reduce((sum, [, cpu]) => sum + cpu, 0);
  for (const [part, cpu] of [...net, ['all', all] as const])
    say(`  ${part.padEnd(17)} ${ms(cpu)} ms of a processor a run, ${ms(cpu / steps)} a step`);
}

const ms = (seconds: number): string => (seconds * 1000).toFixed(1).padStart(7);
