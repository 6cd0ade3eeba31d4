/**
 * What it costs to change a run while it works: naming a checkpoint, looking at an edit beforehand, and going back to a
 * checkpoint, up to the first step that is dispatched; with starting a run beside it. Whole requests to the API, with its
 * programs beside it; activities do nothing.
 */
import { once } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import { compile } from '../src/definition/index.ts';
import { PLAN_ACTIVITY } from '../src/protocol/activity.ts';
import { startApi } from './api.ts';
import { layers } from './graph.ts';
import type { Graph } from './graph.ts';
import { startProjector } from './projector.ts';
import { LARGE_PLANS } from './sides.ts';
import { percentile } from './statistics.ts';

export interface ChangeCost {
  readonly what: string;
  readonly steps: number;
  readonly p50_ms: number;
  readonly p90_ms: number;
  /** null: none is set. */
  readonly budget_ms: number | null;
}

interface Size {
  readonly graph: Graph;
  readonly rounds: number;
  /** Beyond starting a run. */
  readonly restoreBudget: number;
}

const SIZES: readonly Size[] = [
  { graph: layers(2, 19), rounds: 15, restoreBudget: 100 },
  { graph: layers(18, 111), rounds: 7, restoreBudget: 1_000 },
];
const WARM_UPS = 2;
const PATIENCE_MS = 120_000;
/** A run gets five signals a second: who asks faster waits. */
const BETWEEN_SIGNALS_MS = 300;

interface Run {
  readonly id: string;
  readonly status: string;
  readonly execution_id: string;
}

/** Needs workers. */
export async function measureChanges(temporalAddress: string, databaseUrl: string): Promise<ChangeCost[]> {
  const projector = startProjector(temporalAddress, databaseUrl);
  const api = await startApi(temporalAddress, databaseUrl);
  const connection = await Connection.connect({ address: temporalAddress });
  const bench = new Bench(api.url, new Client({ connection }));
  try {
    const costs: ChangeCost[] = [];
    for (const size of SIZES) costs.push(...(await bench.measure(size)));
    return costs;
  } finally {
    const ended = once(projector, 'exit');
    projector.kill('SIGTERM');
    await Promise.all([ended, api.stop(), connection.close()]);
  }
}

class Bench {
  readonly #url: string;
  readonly #client: Client;

  constructor(url: string, client: Client) {
    this.#url = url;
    this.#client = client;
  }

  async measure({ graph, rounds, restoreBudget }: Size): Promise<ChangeCost[]> {
    const definition = stepsOf(graph);
    const { length: steps } = definition;
    const workflow = `changes-${steps}`;
    const last = graph.at(-1)?.key ?? '';
    await this.#publish({ name: workflow, version: '1.0.0', steps: definition });
    const { id } = await this.#start(workflow);
    await this.#atHold(id);
    const cost = (what: string, samples: readonly number[], budget_ms: number | null): ChangeCost => ({
      ...{ what, steps, budget_ms },
      p50_ms: percentile(samples, 0.5),
      p90_ms: percentile(samples, 0.9),
    });
    const times = async (work: (round: number) => Promise<number>): Promise<number[]> => {
      const samples: number[] = [];
      for (let round = 0; round < WARM_UPS + rounds; round++) samples.push(await work(round));
      return samples.slice(WARM_UPS);
    };
    const named = await times(async (round) => {
      await pause(BETWEEN_SIGNALS_MS);
      return this.#request(`/runs/${id}/checkpoints`, { label: `here ${round}` });
    });
    const edits = [{ op: 'UPDATE', step: { key: 'end', title: 'Another end' } }];
    const looked = await times(() => this.#request(`/runs/${id}/edits`, { edits, dry_run: true }));
    const started = await times(async () => {
      const begun = Date.now();
      const run = await this.#start(workflow);
      const at = await this.#firstDispatch(run);
      // It is not to work beside what is measured next.
      await this.#client.workflow.getHandle(run.id).terminate();
      return at - begun;
    });
    const back = await times((round) => this.#back(id, { checkpoint: `here ${round}`, from: last }));
    return [
      cost('name a checkpoint', named, 50),
      cost('look at an edit beforehand', looked, 100),
      cost('start a run, to its first step', started, null),
      cost('go back, to the first step', back, restoreBudget + percentile(started, 0.5)),
    ];
  }

  /** From the request to the first step that is dispatched. The run has ended. */
  async #back(id: string, body: object): Promise<number> {
    await this.#post(`/runs/${id}/cancel`, { reason: 'to be set back' });
    await this.#until<Run>(`/runs/${id}`, ({ status }) => status === 'cancelled');
    const begun = Date.now();
    const { run } = await this.#post<{ readonly run: Run }>(`/runs/${id}/restore`, body);
    const at = await this.#firstDispatch(run);
    await this.#atHold(id);
    return at - begun;
  }

  async #publish(definition: object): Promise<void> {
    const compiled = compile(JSON.stringify(definition), { format: 'json' });
    if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled.errors.slice(0, 3)));
    LARGE_PLANS.set(compiled.plan.hash, compiled.plan);
    await this.#post('/workflows', definition);
  }

  #start(workflow: string): Promise<Run> {
    return this.#post('/runs', { workflow, inputs: {} });
  }

  /** ms since 1970, of the newest execution. */
  async #firstDispatch({ id }: Run): Promise<number> {
    const handle = this.#client.workflow.getHandle(id);
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await pause()) {
      const { events = [] } = await handle.fetchHistory();
      const event = events?.find(
        ({ activityTaskScheduledEventAttributes: scheduled }) =>
          scheduled != null && scheduled.activityId !== PLAN_ACTIVITY,
      );
      const { seconds, nanos } = event?.eventTime ?? {};
      if (seconds != null) return Number(seconds) * 1_000 + (nanos ?? 0) / 1e6;
    }
    throw new Error(`run ${id} has dispatched nothing`);
  }

  /** It waits for a person. */
  async #atHold(id: string): Promise<void> {
    await this.#until<{ readonly items: readonly unknown[] }>(
      `/runs/${id}/questions?status=open`,
      ({ items }) => items.length > 0,
    );
  }

  async #until<T>(path: string, isSo: (answer: T) => boolean): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await pause()) {
      const answer = await fetch(`${this.#url}/api/v1${path}`);
      if (answer.ok && isSo((await answer.json()) as T)) return;
    }
    throw new Error(`${path} has not become what was waited for`);
  }

  /** How long it takes to its answer. */
  async #request(path: string, body: object): Promise<number> {
    const begun = performance.now();
    await this.#post(path, body);
    return performance.now() - begun;
  }

  async #post<T>(path: string, body: object): Promise<T> {
    const answer = await fetch(`${this.#url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

const pause = (ms = 20): Promise<void> => new Promise((done) => void setTimeout(done, ms));

/** The graph, then a person, then an end that can still be edited. */
function stepsOf(graph: Graph): readonly object[] {
  const needed = new Set(graph.flatMap(({ parents }) => parents));
  const leaves = graph.filter(({ key }) => !needed.has(key)).map(({ key }) => key);
  const http = { method: 'POST', url: 'http://bench.invalid/' };
  return [
    ...graph.map(({ key, parents }) => ({ key, http, dependencies: parents })),
    { key: 'hold', ask: 'Go on?', dependencies: leaves },
    { key: 'end', http, dependencies: ['hold'] },
  ];
}
