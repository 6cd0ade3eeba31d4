/** Looking at a run: `status`, `watch`, `output`. */
import type { Command } from 'commander';
import type { ApiClient } from '../../client/api-client.ts';
import type { Page } from '../../../contract/shared/common.ts';
import type { RunMessage } from '../../../contract/message.ts';
import { hasEnded } from '../../../protocol/status.ts';
import { runIn } from '../../client/find-run.ts';
import { print, valueText, withFormat, type FormatOption } from '../../terminal/output.ts';
import { outputOf } from '../../shown/run-output.ts';
import { statusText } from '../../shown/status-text.ts';
import { paintFor } from '../../terminal/style.ts';
import { apiClient, temporalUrl } from '../../client/target.ts';
import { widthFor } from '../../terminal/text-width.ts';
import { lookAt, screenFor, watchRun } from '../../following/watch-run.ts';
import { watchStream } from '../../following/watch-stream.ts';
import { finish, finishApart } from './run.ts';

export function addStatus(program: Command): void {
  withFormat(program.command('status'))
    .description('a run with its times, inputs, steps, their attempts and what it waits for')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .action(async (run: string, options: FormatOption) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      const snapshot = await lookAt(client, runId);
      const unread = hasEnded(snapshot.run) ? 0 : await countWaiting(client, runId);
      const { stdout } = process;
      print(options.output, { ...snapshot.run, steps: snapshot.steps, waiting_messages: unread }, () =>
        statusText(snapshot, {
          now: Date.now(),
          paint: paintFor(stdout),
          width: widthFor(stdout),
          unread,
          temporalUrl: temporalUrl(snapshot.run),
        }),
      );
    });
}

/** Messages that no agent has read; many are counted as a page of them. */
async function countWaiting(client: ApiClient, runId: string): Promise<number> {
  const path = `/runs/${encodeURIComponent(runId)}/messages?action_status=pending&limit=1000`;
  return (await client.json<Page<RunMessage>>(path)).items.length;
}

interface WatchOptions extends FormatOption {
  readonly stream?: boolean;
}

export function addWatch(program: Command): void {
  withFormat(program.command('watch'))
    .description('follow a run to its end; exit code 1 unless it completed')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .option('--stream', 'print what its agents say, while they say it (-o json: each piece a line)')
    .action(async (run: string, options: WatchOptions) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      if (options.stream === true) finishApart(await watchStream(client, runId, options.output), options);
      else await finish(client, await watchRun(client, runId, screenFor(process.stderr)), options);
    });
}

export function addOutput(program: Command): void {
  withFormat(program.command('output'))
    .description('the result of a run, or of one of its steps, whole')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('[step]', 'key of a step')
    .action(async (run: string, step: string | undefined, options: FormatOption) => {
      const client = apiClient();
      const value = await outputOf(client, await runIn(client, run), step);
      print(options.output, value, () => valueText(value));
    });
}
