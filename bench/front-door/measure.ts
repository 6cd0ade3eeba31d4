/**
 * Through the front door: a run begins with an HTTP request and is done when the tables have its end, on servers as
 * `npm start` brings them up. Beside it the same work by hand: a client of Temporal, a worker in a process of its own,
 * the same server, the same requests, model calls and tools; done when the client has the result.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import pLimit from 'p-limit';
import { connectTemporal } from '../../src/temporal/connection.ts';
import { chain, five, layers, type Graph } from '../graph.ts';
import { inTurn } from '../in-turn.ts';
import { percentile } from '../statistics.ts';
import { beside, type Beside } from './beside.ts';
import { HAND_WRITTEN_QUEUE } from './queue.ts';
import { openSide, type Side } from './side-beside.ts';

interface DoorSide {
  readonly p50_ms: number;
  readonly p90_ms: number;
  /** Of one run. */
  readonly history_kb: number;
  /** Tasks that Temporal had given out and no worker received, of all runs: they came again after 10 or 20 s. */
  readonly lost_tasks: number;
}

export interface DoorComparison {
  readonly name: string;
  readonly baton: DoorSide;
  readonly hand_written: DoorSide;
  /** Baton / hand-written at p50. */
  readonly ratio: number;
}

export interface Workload {
  readonly name: string;
  readonly runs: number;
  readonly pairs: number;
  readonly definition: object;
  readonly byHand: { readonly workflow: string; readonly args: readonly unknown[] };
}

/** Where steps and models send their requests. */
interface Effects {
  readonly url: string;
  readonly vendor: string;
}

const WARM_UPS = 2;

export async function measureFrontDoor(log: (line: string) => void): Promise<DoorComparison[]> {
  const { child: effects, said } = await startEffects();
  const door = await openSide(settingsFor(said.vendor));
  const { temporalAddress: address } = door;
  const { child: worker } = await beside(file('hand-written-worker'), [address]);
  const connection = await connectTemporal({ address, namespace: 'default' });
  try {
    const client = new Client({ connection });
    const measured: DoorComparison[] = [];
    for (const workload of workloads(said)) {
      await door.publish(workload.definition);
      const one = await compare(door, client, workload, log);
      log(`front door, ${one.name}: ${JSON.stringify(one)}`);
      measured.push(one);
    }
    return measured;
  } finally {
    await connection.close();
    for (const child of [worker, effects]) child.disconnect();
    await door.end();
  }
}

const file = (name: string): string => join(import.meta.dirname, `${name}.ts`);

/** The server that steps and models ask. */
export const startEffects = (): Promise<Beside<Effects>> => beside(file('effects'));

/** Of the stack that is measured. */
export const settingsFor = (vendor: string): Readonly<Record<string, string>> => ({
  BATON_ALLOW_PRIVATE_NETWORK: '1',
  BATON_COMPATIBLE_BASE_URL: vendor,
  BATON_MODEL: 'compatible/bench',
});

export function workloads({ url, vendor }: Effects): readonly Workload[] {
  const graph = (name: string, steps: Graph, runs: number, pairs: number): Workload => ({
    ...{ name, runs, pairs },
    definition: definitionOf(name, url, steps),
    byHand: { workflow: 'requests', args: [steps, url] },
  });
  const work = { key: 'work', agent: 'code', prompt: 'Sweep', tools: ['list_files'], max_turns: 100 };
  return [
    graph('chain of 40', chain(40), 1, 9),
    {
      ...{ name: 'agent of 20 turns', runs: 1, pairs: 9 },
      definition: { ...head('agent of 20 turns'), workspace: {}, steps: [work] },
      byHand: { workflow: 'agent', args: [vendor, 'bench', tmpdir()] },
    },
    graph('10 x 100 DAG', layers(10, 100), 1, 5),
    graph('200 runs of 5', five(), 200, 3),
  ];
}

/** The workflow of a workload. */
export const nameOf = (workload: string): string => `bench-${workload.replaceAll(' ', '-').toLowerCase()}`;
const head = (workload: string) => ({ name: nameOf(workload), version: '1.0.0' });

/** A request a step, with the answers of its parents. */
function definitionOf(name: string, url: string, graph: Graph): object {
  const steps = graph.map(({ key, parents }) => ({
    key,
    title: `Step ${key}`,
    http: { method: 'POST', url, body: parents.map((parent) => `{{ steps.${parent}.result.body }}`) },
    dependencies: parents,
  }));
  return { ...head(name), steps };
}

async function compare(
  door: Side,
  client: Client,
  { name, runs, pairs, byHand }: Workload,
  log: (line: string) => void,
): Promise<DoorComparison> {
  const byHandAtOnce = async () => {
    const started = await Promise.all(
      Array.from({ length: runs }, () =>
        client.workflow.start(byHand.workflow, {
          workflowId: `bench-by-hand-${crypto.randomUUID()}`,
          taskQueue: HAND_WRITTEN_QUEUE,
          args: [...byHand.args],
        }),
      ),
    );
    await Promise.all(started.map((handle) => handle.result()));
    return started.map(({ workflowId }) => workflowId);
  };
  const sides = [
    {
      samples: [] as number[],
      ids: [] as string[],
      run: async () => (await door.run(nameOf(name), runs)).ids,
    },
    { samples: [] as number[], ids: [] as string[], run: byHandAtOnce },
  ] as const;
  for (const [pair, order] of inTurn(sides, WARM_UPS, pairs)) {
    for (const side of order) {
      const began = performance.now();
      const ids = await side.run();
      if (pair < 0) continue;
      side.samples.push(performance.now() - began);
      side.ids.push(...ids);
    }
    log(`front door, ${name}: ${pair < 0 ? 'warm-up' : `pair ${pair + 1} of ${pairs}`}`);
  }
  const [baton, byHandSide] = await Promise.all(
    sides.map(async ({ samples, ids }): Promise<DoorSide> => {
      const limit = pLimit(10);
      const histories = await Promise.all(ids.map((id) => limit(() => historyOf(client, id))));
      const sizes = histories.map(({ bytes }) => bytes);
      return {
        p50_ms: percentile(samples, 0.5),
        p90_ms: percentile(samples, 0.9),
        history_kb: Math.round(percentile(sizes, 0.5) / 102.4) / 10,
        lost_tasks: histories.reduce((sum, { lost }) => sum + lost, 0),
      };
    }),
  );
  if (baton === undefined || byHandSide === undefined) throw new Error('nothing was measured');
  return { name, baton, hand_written: byHandSide, ratio: baton.p50_ms / byHandSide.p50_ms };
}

async function historyOf(client: Client, id: string): Promise<{ bytes: number; lost: number }> {
  const handle = client.workflow.getHandle(id);
  const [{ historySize }, { events }] = await Promise.all([handle.describe(), handle.fetchHistory()]);
  const timedOut = (events ?? []).filter(
    (event) => event.workflowTaskTimedOutEventAttributes ?? event.activityTaskTimedOutEventAttributes,
  );
  return { bytes: historySize ?? Number.NaN, lost: timedOut.length };
}
