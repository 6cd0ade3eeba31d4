/**
 * How long a message takes from its post to its receipt in the tables, while people talk to one run, or to many, at
 * 200 messages a second; every tenth is an instruction to an agent at work. Everything runs in processes of its own.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Client } from '@temporalio/client';
import pg from 'pg';
import { sql } from '../src/database/sql.ts';
import { connectTemporal } from '../src/temporal/connection.ts';
import { startProduct } from './product.ts';
import type { Consumption, Product } from './product.ts';
import { percentile } from './statistics.ts';
import type { Talk, Told } from './talkers.ts';

export interface Messages {
  readonly runs: number;
  readonly messages: number;
  readonly per_second: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
  readonly lost: number;
  readonly doubled: number;
  readonly ignored: number;
  /** How often the API answered so. */
  readonly answers: Readonly<Record<string, number>>;
  /** Of all runs. */
  readonly executions: number;
  readonly longest_history: number;
  readonly largest_history_kb: number;
  readonly consumed: readonly Consumption[];
}

interface Servers {
  readonly temporalAddress: string;
  readonly databaseUrl: string;
}

const WORK = { key: 'work', agent: 'code', prompt: 'Work', max_turns: 10_000 };
/** Agents come after it: one that thinks meanwhile costs the server a heartbeat every 400 ms, with which messages have nothing to do. */
const REST = { key: 'rest', wait: '70s' };

const LOADS = [
  { workflow: 'one-agent', steps: [WORK], runs: 1, messages: 10_000, perSecond: 200 },
  {
    workflow: 'hundred-agents',
    steps: [REST, { ...WORK, dependencies: ['rest'] }],
    runs: 100,
    messages: 10_000,
    perSecond: 200,
  },
] as const;

/** An agent that answers each few seconds while messages come; those of many runs begin when all was said. */
const SCRIPT = `
script: 1
calls:
  - { workflow: one-agent, step: work, turn: 1, delay: 20s, reply: at work }
  - { workflow: hundred-agents, step: work, reply: heard }
  - { workflow: warm-up, step: work, reply: warm }
  - { step: work, delay: 3s, reply: heard }
`;

/** Brings its own programs; the servers must have nothing else to do. */
export async function measureMessages(servers: Servers): Promise<Messages[]> {
  const measured: Messages[] = [];
  for (const load of LOADS) {
    const product = await startProduct(servers, { script: SCRIPT, taskQueue: `bench-${load.workflow}` });
    try {
      measured.push(await measure(servers, product, load));
    } finally {
      await product.stop();
    }
  }
  return measured;
}

async function measure(
  servers: Servers,
  product: Product,
  { workflow, steps, runs: count, messages, perSecond }: (typeof LOADS)[number],
): Promise<Messages> {
  const { url } = product;
  await publish(url, 'warm-up', [WORK]);
  await publish(url, workflow, steps);
  await warmUp(url);
  const runs: string[] = [];
  for (let n = 0; n < count; n++) runs.push((await startRun(url, workflow)).id);
  const before = product.consumed();
  const { databaseUrl } = servers;
  const told = await talk({ url, databaseUrl, runs, messages, perSecond });
  const consumed = product.consumed().map((now) => {
    const { cpu_seconds = 0 } = before.find(({ program }) => program === now.program) ?? {};
    return { ...now, cpu_seconds: Number((now.cpu_seconds - cpu_seconds).toFixed(1)) };
  });
  const { delays, lost, doubled, ignored, answers } = told;
  return {
    ...{ runs: count, messages, per_second: perSecond },
    p50_ms: percentile(delays, 0.5),
    p95_ms: percentile(delays, 0.95),
    p99_ms: percentile(delays, 0.99),
    ...{ lost, doubled, ignored, answers },
    ...(await histories(servers, runs)),
    consumed,
  };
}

/** The programs are at work once a run with an agent has come to its end. */
async function warmUp(url: string): Promise<void> {
  const { id } = await startRun(url, 'warm-up');
  const deadline = Date.now() + 180_000;
  while (Date.now() < deadline) {
    const answer = await fetch(`${url}/api/v1/runs/${id}`);
    const { status } = (await answer.json()) as { status: string };
    if (status === 'completed') return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`run ${id} has not completed within 180 s`);
}

async function publish(url: string, name: string, steps: readonly object[]): Promise<void> {
  await post(`${url}/api/v1/workflows`, { name, version: '1.0.0', steps });
}

async function startRun(url: string, workflow: string): Promise<{ readonly id: string }> {
  return post(`${url}/api/v1/runs`, { workflow, inputs: {} });
}

async function talk(order: Talk): Promise<Told> {
  const talkers = fork(new URL('./talkers.ts', import.meta.url).pathname, { execArgv: ['--import', 'tsx'] });
  talkers.send(order);
  const [told] = (await once(talkers, 'message')) as [Told];
  return told;
}

async function histories({ temporalAddress, databaseUrl }: Servers, runs: readonly string[]) {
  const database = new pg.Pool({ connectionString: databaseUrl });
  const connection = await connectTemporal({ address: temporalAddress, namespace: 'default' });
  try {
    const { rows } = await database.query<{ run_id: string; execution_id: string }>(
      sql`select run_id, execution_id from executions where run_id = any(${runs})`,
    );
    const { workflow } = new Client({ connection });
    const all = await Promise.all(
      rows.map((row) => workflow.getHandle(row.run_id, row.execution_id).describe()),
    );
    return {
      executions: all.length,
      longest_history: Math.max(...all.map(({ historyLength }) => historyLength)),
      largest_history_kb: Math.round(Math.max(...all.map(({ historySize }) => historySize ?? 0)) / 1024),
    };
  } finally {
    await Promise.all([connection.close(), database.end()]);
  }
}

async function post<T>(url: string, body: object): Promise<T> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
