/** What the front door's workloads are when a careful Temporal developer writes them by hand. */
import { proxyActivities } from '@temporalio/workflow';
import type { Graph } from '../graph.ts';
import type {
  ask as askActivity,
  listFiles as listFilesActivity,
  post as postActivity,
} from './activities.ts';
import type { ChatMessage } from './activities.ts';

const { post, ask, listFiles } = proxyActivities<{
  post: typeof postActivity;
  ask: typeof askActivity;
  listFiles: typeof listFilesActivity;
}>({
  startToCloseTimeout: '30m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '1s', maximumAttempts: 5 },
});

/** A request a step, each as soon as its parents are done. */
export async function requests(graph: Graph, url: string): Promise<string[]> {
  const done = new Map<string, Promise<string>>();
  for (const { key, parents } of graph) {
    const before = Promise.all(parents.map((parent) => done.get(parent) ?? Promise.resolve('')));
    done.set(
      key,
      before.then((values) =>
        post.executeWithOptions({ activityId: `${key}#1`, summary: `Step ${key}` }, [{ url, values }]),
      ),
    );
  }
  return Promise.all(done.values());
}

/** A model that calls a tool in every turn until it has seen enough; the transcript is the workflow's. */
export async function agent(vendor: string, model: string, directory: string): Promise<string> {
  const messages: ChatMessage[] = [{ role: 'user', content: 'Sweep' }];
  for (let turn = 1; ; turn++) {
    const answer = await ask.executeWithOptions({ activityId: `work#1/${turn}` }, [vendor, model, messages]);
    messages.push(answer);
    const [call] = answer.tool_calls ?? [];
    if (call === undefined) return answer.content ?? '';
    const options = { activityId: `work#1/${turn}.0` };
    const content = await listFiles.executeWithOptions(options, [directory]);
    messages.push({ role: 'tool', tool_call_id: call.id, content });
  }
}
