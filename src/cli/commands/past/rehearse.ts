/** `baton rehearse`: how runs would have gone with another definition. Nothing is sent, run or asked. */
import type { Command } from 'commander';
import type { Page } from '../../../contract/shared/common.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { Rehearsal } from '../../../rehearsal/index.ts';
import type { ApiClient } from '../../client/api-client.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import type { ToldRun } from '../../client/told-run.ts';
import { CliError, EXIT, type ExitCode } from '../../exit.ts';
import { wholeNumber } from '../../input/text-argument.ts';
import { rehearsalsText } from '../../shown/past/rehearsal-text.ts';
import { note, print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { collect } from '../runs/run.ts';

interface RehearseOptions extends FormatOption {
  readonly runs: string;
  readonly run: readonly string[];
  readonly against: readonly string[];
  readonly save?: string;
}

const ENDED = 'completed,failed,cancelled,terminated,timed_out';

export function addRehearse(program: Command): void {
  withFormat(program.command('rehearse'))
    .description(
      'how past runs would go with a changed definition: their recorded results against it; exit code 1 when one ' +
        'would break, 4 when one takes another path that the change itself does not explain',
    )
    .argument('<file>', 'the definition, YAML or JSON; with --save: the run')
    .option('--runs <n>', 'the last so many runs of the workflow that have ended', '10')
    .option('--run <run>', 'this run; may be repeated', collect, [])
    .option('--against <file>', 'a saved run (*.test.yaml), without a stack; may be repeated', collect, [])
    .option('--save <file>', 'save the run as a test, with its results, path and output')
    .action(async (target: string, options: RehearseOptions) => {
      if (options.save !== undefined) return save(target, options.save, options);
      const rehearsals = await rehearsed(await planOf(target), options);
      process.exitCode = exitOf(rehearsals);
      print(options.output, { items: rehearsals }, () => rehearsalsText(rehearsals));
    });
}

async function save(words: string, file: string, { output }: FormatOption): Promise<void> {
  const [{ recordingOf }, { saveTest }] = await Promise.all([recorder(), tests()]);
  const client = apiClient();
  const { recording } = await recordingOf(client, await runIn(client, words));
  saveTest(file, recording);
  print(output, { run: recording.run, file }, () => `${recording.run} is saved in ${file}`);
}

async function planOf(file: string): Promise<Plan> {
  const { findDefinition } = await import('../../input/find-definition.ts');
  return (await findDefinition(file)).plan;
}

async function rehearsed(plan: Plan, options: RehearseOptions): Promise<readonly Rehearsal[]> {
  const [{ rehearse, rehearseAgainst }, { recordingOf }, { readTest }] = await Promise.all([
    import('../../../rehearsal/index.ts'),
    recorder(),
    tests(),
  ]);
  const saved = options.against.map((file) => {
    const { recording, expected } = readTest(file);
    return { ...rehearseAgainst(plan, recording, expected), run: file };
  });
  if (saved.length > 0 && options.run.length === 0) return saved;
  const client = apiClient();
  const found: Rehearsal[] = [];
  for (const id of await runsOf(client, plan, options)) {
    const { recording, plan: own } = await recordingOf(client, id);
    found.push(rehearse(plan, recording, own));
  }
  return [...saved, ...found];
}

/** Loaded when needed, with the core that plays. */
const recorder = () => import('../../input/recording-of-run.ts');
const tests = () => import('../../input/test-file.ts');

/** @throws CliError `run_not_found` where there is nothing to rehearse: that must not look like success */
async function runsOf(
  client: ApiClient,
  { name }: Plan,
  { runs, run }: RehearseOptions,
): Promise<readonly string[]> {
  if (run.length > 0) return Promise.all(run.map((words) => runIn(client, words)));
  const limit = wholeNumber(runs, '--runs', 1, 200);
  const query = new URLSearchParams({ workflow: name, status: ENDED, limit: String(limit) });
  const { items } = await client.json<Page<ToldRun>>(`/runs?${query.toString()}`);
  const here = items.filter(({ archived_at: since }) => since === null);
  if (here.length < items.length) note(`${items.length - here.length} archived runs are left out`);
  if (here.length > 0) return here.map(({ id }) => id);
  throw new CliError(EXIT.usage, `no run of "${name}" has ended yet: there is nothing to rehearse`, {
    code: 'run_not_found',
  });
}

function exitOf(rehearsals: readonly Rehearsal[]): ExitCode {
  const verdicts = new Set(rehearsals.map(({ verdict }) => verdict));
  if (verdicts.has('breaks')) return EXIT.failed;
  return verdicts.has('parts') ? EXIT.parted : EXIT.done;
}
