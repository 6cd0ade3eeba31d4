/**
 * The same graphs as a careful Temporal developer writes them: plain code where the shape is known, promises per
 * step where it is data. Activities have ids and summaries as the interpreter's have, so that histories compare.
 */
import { proxyActivities } from '@temporalio/workflow';
import type { Graph } from '../graph.ts';
import type { work as workActivity } from './work.ts';

const { work } = proxyActivities<{ work: typeof workActivity }>({
  startToCloseTimeout: '30m',
  heartbeatTimeout: '20s',
  retry: { maximumAttempts: 1 },
});

const run = (key: string, values: readonly string[]): Promise<string> =>
  work.executeWithOptions({ activityId: `${key}#1`, summary: `Step ${key}` }, [{ key, values }]);

/** One after the other. */
export async function chain(graph: Graph): Promise<string> {
  let last = '';
  for (const { key } of graph) last = await run(key, last === '' ? [] : [last]);
  return last;
}

/** All at once. */
export async function fanOut(graph: Graph): Promise<string[]> {
  return Promise.all(graph.map(({ key }) => run(key, [])));
}

/** Each step as soon as its parents are done. */
export async function dag(graph: Graph): Promise<string[]> {
  const done = new Map<string, Promise<string>>();
  for (const { key, parents } of graph) {
    const before = Promise.all(parents.map((parent) => done.get(parent) ?? Promise.resolve('')));
    done.set(
      key,
      before.then((values) => run(key, values)),
    );
  }
  return Promise.all(done.values());
}
