/** The whole result of a run or step: what a run's JSON holds by reference only is fetched. */
import type { ApiClient } from '../client/api-client.ts';
import type { ToldRun } from '../client/told-run.ts';

/** @param step Key of a step, or undefined for the run's own output. */
export async function outputOf(client: ApiClient, runId: string, step?: string): Promise<unknown> {
  const path = `/runs/${encodeURIComponent(runId)}`;
  return client.json<unknown>(
    step === undefined ? `${path}/output` : `${path}/steps/${encodeURIComponent(step)}/output`,
  );
}

/** The run's output, fetched when it is a reference. */
export async function wholeOutput(client: ApiClient, run: ToldRun): Promise<unknown> {
  const { output } = run;
  const isReference = typeof output === 'object' && output !== null && '$blob' in output;
  return isReference ? outputOf(client, run.id) : output;
}
