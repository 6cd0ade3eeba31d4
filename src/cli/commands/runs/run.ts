/** `baton run`: starts a run and, if wanted, stays with it to its end. */
import type { Command } from 'commander';
import type { ApiClient } from '../../client/api-client.ts';
import type { ToldRun } from '../../client/told-run.ts';
import { EXIT } from '../../exit.ts';
import { inputTypes, readInputs, readPairs } from '../../input/inputs.ts';
import { note, print, valueText, withFormat, writeTo, type FormatOption } from '../../terminal/output.ts';
import { isFile, publishFile, warningLines } from '../../input/publish-file.ts';
import { wholeOutput } from '../../shown/run-output.ts';
import { apiClient } from '../../client/target.ts';
import { needText } from '../../shown/waiting-text.ts';
import { noScreen, screenFor, watchRun } from '../../following/watch-run.ts';
import { who } from '../../client/who.ts';

interface RunOptions extends StayOptions {
  readonly input?: string;
  readonly i: readonly string[];
  readonly label: readonly string[];
  readonly id?: string;
}

/** Of every command that starts a run. */
export interface StayOptions extends FormatOption {
  readonly wait?: boolean;
  readonly watch?: boolean;
}

export function addRun(program: Command): void {
  withFormat(program.command('run'))
    .description('start a run of a definition file (it is published first) or of a published workflow')
    .argument('<file-or-name>', 'a YAML or JSON file, or NAME[@version]')
    .option(
      '-i <key=value>',
      'an input, of its declared type, else JSON or text; key=@file takes a file',
      collect,
      [],
    )
    .option('--input <file>', 'a JSON file with all inputs (- for stdin)')
    .option('--id <id>', 'the run id, your own name for it')
    .option('--label <key=value>', 'a label to find it by', collect, [])
    .option('--wait', 'wait for the end; exit code 1 unless it completed')
    .option('--watch', 'like --wait, and show the steps meanwhile')
    .action(async (target: string, options: RunOptions) => {
      const client = apiClient();
      await stayWith(client, await startRun(client, target, options), options);
    });
}

/** Tells the id of a run that was started or, if wanted, stays with it to its end. */
export async function stayWith(client: ApiClient, run: ToldRun, options: StayOptions): Promise<void> {
  if (options.wait !== true && options.watch !== true) {
    print(options.output, run, () => run.id);
    return;
  }
  note(`run ${run.id}`);
  const screen = options.watch === true ? screenFor(process.stderr) : noScreen;
  await finish(client, await watchRun(client, run.id, screen), options);
}

/** Prints how a run ended and sets the exit code. */
export async function finish(client: ApiClient, run: ToldRun, options: FormatOption): Promise<void> {
  setExitCode(run);
  if (options.output === 'json') print('json', run, () => '');
  else if (run.status === 'completed')
    writeTo(process.stdout, `${valueText(await wholeOutput(client, run))}\n`);
  else noteEnd(run);
}

/** The same where stdout is taken by something else: how it ended is said on stderr, for people only. */
export function finishApart(run: ToldRun, options: FormatOption): void {
  setExitCode(run);
  if (options.output === 'json') return;
  if (run.status === 'completed') note(`its result: baton output ${run.id}`);
  else noteEnd(run);
}

function setExitCode(run: ToldRun): void {
  if (run.status !== 'completed') process.exitCode = EXIT.failed;
}

function noteEnd(run: ToldRun): void {
  note(`run ${run.id} ${run.status}${reason(run)}`);
  for (const { message } of run.needs) note(`  ${needText(message)}`);
  const successor = run.lineage?.redirected_to;
  if (successor !== undefined) note(`  redirected to run ${successor}: baton watch ${successor}`);
}

const reason = (run: ToldRun): string => {
  // Where it goes on is said by itself.
  if (run.error === null || run.lineage?.redirected_to !== undefined) return '';
  const { step, message } = run.error;
  return `: ${step === null || message.includes(`"${step}"`) ? '' : `step ${step}: `}${message}`;
};

async function startRun(client: ApiClient, target: string, options: RunOptions): Promise<ToldRun> {
  const workflow = isFile(target) ? await publishedName(client, target) : target;
  const types = options.i.length === 0 ? {} : await inputTypes(client, workflow);
  const inputs = readInputs(options.i, options.input, types);
  return client.json<ToldRun>('/runs', {
    method: 'POST',
    headers: { 'idempotency-key': crypto.randomUUID() },
    body: {
      workflow,
      inputs,
      by: who(),
      labels: readPairs(options.label, '--label'),
      ...(options.id === undefined ? {} : { id: options.id }),
    },
  });
}

async function publishedName(client: ApiClient, file: string): Promise<string> {
  const published = await publishFile(client, file);
  for (const line of warningLines(published)) note(line);
  return `${published.workflow}@${published.version}`;
}

/** For options that may be given several times. */
export function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
