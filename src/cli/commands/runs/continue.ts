/** `baton continue`: goes on with a run that has ended, such as one that ran out of turns or money. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { ApiClient } from '../../client/api-client.ts';
import type { ToldRun } from '../../client/told-run.ts';
import { CliError, EXIT } from '../../exit.ts';
import { runIn } from '../../client/find-run.ts';
import { note, print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { apiClient } from '../../client/target.ts';
import { noScreen, screenFor, watchRun } from '../../following/watch-run.ts';
import { who } from '../../client/who.ts';
import { finish } from './run.ts';

interface ContinueOptions extends FormatOption {
  readonly turns?: string;
  readonly tokens?: string;
  readonly cost?: string;
  readonly duration?: string;
  readonly message?: string;
  readonly step?: string;
  readonly session?: string;
  readonly wait?: boolean;
  readonly watch?: boolean;
}

export function addContinue(program: Command): void {
  withFormat(program.command('continue'))
    .description('go on with a run that has ended: same run, same sessions, new limits')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .option('--turns <n>', 'turns on top')
    .option('--tokens <n>', 'tokens on top')
    .option('--cost <usd>', 'dollars on top')
    .option('--duration <time>', 'time on top, such as 30m')
    .option('--message <text>', 'what the agent is told')
    .option('--step <key>', 'only this step (default: all that failed or reached a limit)')
    .option('--session <id>', 'only the step of this session')
    .option('--wait', 'wait for the end; exit code 1 unless it completed')
    .option('--watch', 'like --wait, and show the steps meanwhile')
    .action(async (words: string, options: ContinueOptions) => {
      const client = apiClient();
      const runId = await runIn(client, words);
      const path = `/runs/${encodeURIComponent(runId)}`;
      const before = await client.json<ToldRun>(path);
      const body = continueBody(options);
      const run = await client.json<ToldRun>(`${path}/continue`, { method: 'POST', body });
      if (options.wait !== true && options.watch !== true) {
        print(options.output, run, () => `${run.id} ${run.status}`);
        return;
      }
      note(`run ${run.id} goes on`);
      await goesOn(client, path, before.epoch);
      const screen = options.watch === true ? screenFor(process.stderr) : noScreen;
      await finish(client, await watchRun(client, run.id, screen), options);
    });
}

/** The API may have answered before the tables show it: the run would look as ended as it was. */
async function goesOn(client: ApiClient, path: string, epoch: number): Promise<void> {
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    if ((await client.json<ToldRun>(path)).epoch !== epoch) return;
    await sleep(LOOK_MS);
  }
}

const LOOK_MS = 500;
const MAX_LOOKS = 120;

/** What is not said is left out: the API has the defaults. */
export function continueBody(options: Omit<ContinueOptions, 'output'>): Record<string, unknown> {
  const budget = {
    tokens: numberOf(options.tokens, '--tokens'),
    cost_usd: numberOf(options.cost, '--cost'),
    duration: options.duration,
  };
  const hasBudget = Object.values(budget).some((part) => part !== undefined);
  return {
    by: who(),
    step: options.step,
    session_id: options.session,
    additional_turns: numberOf(options.turns, '--turns'),
    additional_budget: hasBudget ? budget : undefined,
    message: options.message,
  };
}

function numberOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number > 0) return number;
  throw new CliError(EXIT.usage, `${option} ${text}: a number above 0 is needed`);
}
