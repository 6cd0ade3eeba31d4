/** `baton step`: commands on one step of a run. `baton limits`: what a run, or an agent of it, may use up. */
import { Argument, type Command } from 'commander';
import type { Json } from '../../../plan/json.ts';
import { answerOf } from '../../client/api-client.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import type { ToldRun } from '../../client/told-run.ts';
import { who } from '../../client/who.ts';
import { CliError, EXIT } from '../../exit.ts';
import { durationArgument, textArgument, wholeNumber } from '../../input/text-argument.ts';
import { looseValue } from '../../input/typed-text.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';

interface SaidOptions extends FormatOption {
  readonly reason?: string;
  readonly by?: string;
  readonly id?: string;
}

interface StepOptions extends SaidOptions {
  readonly value?: string;
}

interface LimitOptions extends SaidOptions {
  readonly turns?: string;
  readonly tokens?: string;
  readonly cost?: string;
  readonly duration?: string;
}

/** By action, what is said when it is done. */
const DONE = {
  skip: 'is skipped',
  retry: 'is tried again as soon as there is room',
  'stop-retrying': 'is not tried again',
  hold: 'is held: it does not start until it is released',
  release: 'is released',
  override: 'has another result',
} as const;
type Action = keyof typeof DONE;

/** Characters of a value: more than a step may have as its result. */
const MAX_VALUE = 64 * 1024;

export function addStep(program: Command): void {
  withSaid(withFormat(program.command('step')))
    .description('skip a step, try it again or no more, hold or release it, or replace its result')
    .addArgument(new Argument('<action>', 'what to do').choices(Object.keys(DONE)))
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<step>', 'key of the step')
    .option('--value <json>', 'skip, override: the result; what is no JSON is a text (@file, -)')
    .action(async (action: Action, words: string, key: string, options: StepOptions) => {
      const body = { ...said(options), ...valueBody(action, options.value) };
      const step = `/steps/${encodeURIComponent(key)}/${action}`;
      const { run, known } = await send(words, step, body);
      const done = action === 'skip' && options.value !== undefined ? 'has its result' : DONE[action];
      print(options.output, run, () => doneText(run, known, `step ${key} of ${run.id} ${done}`));
    });
}

export function addLimits(program: Command): void {
  withSaid(withFormat(program.command('limits')))
    .description('set what an agent, or all agents of a run together, may use up')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('[step]', 'key of an agent’s step (default: the run)')
    .option('--turns <n>', 'turns in all')
    .option('--tokens <n>', 'tokens in all')
    .option('--cost <usd>', 'dollars in all')
    .option('--duration <time>', 'time in all, such as 30m')
    .action(async (words: string, key: string | undefined, options: LimitOptions) => {
      const step = key === undefined ? '' : `/steps/${encodeURIComponent(key)}`;
      const { run, known } = await send(words, `${step}/limits`, {
        ...said(options),
        ...limitsBody(options),
      });
      const whose = key === undefined ? run.id : `step ${key} of ${run.id}`;
      print(options.output, run, () => doneText(run, known, `${whose} has its new limits`));
    });
}

const withSaid = (command: Command): Command =>
  command
    .option('--reason <text>', 'why, for the record (@file, -)')
    .option('--id <id>', 'an id of your own: sent again under it, the command counts once')
    .option('--by <name>', 'who says so (default: you)');

function said({ reason, id, by = who() }: SaidOptions): Record<string, string> {
  return {
    by,
    ...(id !== undefined && { id }),
    ...(reason !== undefined && { reason: textArgument(reason, 'the reason') }),
  };
}

function valueBody(action: Action, value: string | undefined): { readonly value?: Json } {
  const takesValue = action === 'skip' || action === 'override';
  if (value !== undefined && !takesValue) throw wrong(`--value is not for ${action}`);
  if (value === undefined && action === 'override') throw wrong('override needs --value: the new result');
  return value === undefined ? {} : { value: looseValue(textArgument(value, 'the value', MAX_VALUE)) };
}

function limitsBody({ turns, tokens, cost, duration }: LimitOptions): Record<string, string | number> {
  const body = {
    ...(turns !== undefined && { max_turns: wholeNumber(turns, '--turns', 1) }),
    ...(tokens !== undefined && { max_tokens: wholeNumber(tokens, '--tokens', 1) }),
    ...(cost !== undefined && { max_cost_usd: dollars(cost) }),
    ...(duration !== undefined && { max_duration: durationArgument(duration, '--duration') }),
  };
  if (Object.keys(body).length > 0) return body;
  throw wrong('one of --turns, --tokens, --cost, --duration is needed');
}

function dollars(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number > 0) return number;
  throw wrong(`--cost ${text}: a number above 0 is needed`);
}

const wrong = (message: string): CliError => new CliError(EXIT.usage, message, { code: 'option_unclear' });

async function send(words: string, path: string, body: object) {
  const client = apiClient();
  const runId = await runIn(client, words);
  const response = await client.raw(`/runs/${encodeURIComponent(runId)}${path}`, { method: 'POST', body });
  return { run: await answerOf<ToldRun>(response), known: response.status !== ACCEPTED };
}

/** Temporal has the command; the tables do not show what became of it. */
const ACCEPTED = 202;

const doneText = ({ id }: ToldRun, known: boolean, done: string): string =>
  known ? done : `${id} takes the command as soon as it can: baton thread ${id}`;
