/** `baton diff`: what differs between two definitions, by steps and as text, or between two runs. */
import type { Command } from 'commander';
import { createTwoFilesPatch } from 'diff';
import type { RunDifference } from '../../../contract/runs/difference.ts';
import type { ApiClient } from '../../client/api-client.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import { CliError } from '../../exit.ts';
import { differenceText } from '../../shown/past/difference-text.ts';
import type { FoundDefinition } from '../../input/find-definition.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import {
  isSame,
  planDifference,
  type PartDifference,
  type PlanDifference,
} from '../../../plan/plan-difference.ts';
import { isFile } from '../../input/publish-file.ts';
import { paintFor, type Paint } from '../../terminal/style.ts';

export function addDiff(program: Command): void {
  withFormat(program.command('diff'))
    .description('what differs between two definitions, or between two runs, from the first difference on')
    .argument('<from>', 'NAME[@version], or a file; or RUN[@seq]')
    .argument('<to>', 'the same, or another version of the first; or RUN[@seq]')
    .option('--summary', 'of definitions, without the text')
    .action(async (from: string, to: string, options: FormatOption & { summary?: boolean }) => {
      if (!(await isDefinition(from))) return diffRuns(from, to, options);
      const { findDefinition } = await import('../../input/find-definition.ts');
      const [before, after] = [await findDefinition(from), await findDefinition(await nameOf(to, from))];
      const difference = planDifference(before.plan, after.plan);
      const text = patchOf(before, after);
      const json = { from: headOf(before), to: headOf(after), ...difference, text };
      print(options.output, json, () =>
        [
          ...summaryLines(difference, paintFor(process.stdout)),
          ...(options.summary === true || text === '' ? [] : ['', coloured(text, paintFor(process.stdout))]),
        ].join('\n'),
      );
    });
}

/** A file, or the name of a workflow: whatever else it is called is a run. */
async function isDefinition(target: string): Promise<boolean> {
  if (isFile(target)) return true;
  const name = /^(.+?)(?:@.*)?$/s.exec(target)?.[1] ?? target;
  try {
    await apiClient().json(`/workflows/${encodeURIComponent(name)}`);
    return true;
  } catch (error) {
    if (error instanceof CliError && error.problem['code'] === 'workflow_not_found') return false;
    throw error;
  }
}

async function diffRuns(from: string, to: string, { output }: FormatOption): Promise<void> {
  const client = apiClient();
  const [a, b] = [await runAt(client, from), await runAt(client, to)];
  const query = new URLSearchParams({
    ...(a.seq !== undefined && { at: a.seq }),
    ...(b.seq !== undefined && { other_at: b.seq }),
  }).toString();
  const path = `/runs/${encodeURIComponent(a.run)}/diff/${encodeURIComponent(b.run)}`;
  const difference = await client.json<RunDifference>(query === '' ? path : `${path}?${query}`);
  print(output, difference, () => differenceText(difference, paintFor(process.stdout)));
}

/** `RUN@42`: as it was after its event 42. */
async function runAt(
  client: ApiClient,
  words: string,
): Promise<{ readonly run: string; readonly seq?: string }> {
  const found = /^(.+)@(\d+)$/s.exec(words);
  if (found === null) return { run: await runIn(client, words) };
  const [, run = '', seq = ''] = found;
  return { run: await runIn(client, run), seq };
}

/** `1.1.0` beside `review@1.0.0` is `review@1.1.0`. */
async function nameOf(to: string, from: string): Promise<string> {
  const at = from.lastIndexOf('@');
  const isVersion = /^\d/.test(to) && !to.includes('@') && !isFile(to);
  return isVersion && at > 0 ? `${from.slice(0, at)}@${to}` : to;
}

const headOf = ({ label, plan: { name, version, hash } }: FoundDefinition) => ({
  label,
  name,
  version,
  hash,
});

function patchOf(from: FoundDefinition, to: FoundDefinition): string {
  if (from.source === to.source) return '';
  return createTwoFilesPatch(from.label, to.label, from.source, to.source, '', '', { context: 3 });
}

function summaryLines(difference: PlanDifference, paint: Paint): string[] {
  if (isSame(difference)) return ['the same plan'];
  const others = difference.changed.map((name) => `${paint('yellow', '~')} ${name}`);
  return [
    ...partLines('input', difference.inputs, paint),
    ...partLines('step', difference.steps, paint),
    ...others,
  ];
}

function partLines(what: string, { added, removed, changed }: PartDifference, paint: Paint): string[] {
  return [
    ...removed.map((name) => `${paint('red', '-')} ${what} ${name}`),
    ...added.map((name) => `${paint('green', '+')} ${what} ${name}`),
    ...changed.map(({ name, members }) => `${paint('yellow', '~')} ${what} ${name}: ${members.join(', ')}`),
  ];
}

function coloured(patch: string, paint: Paint): string {
  const lines = patch.split('\n').filter((line) => !line.startsWith('====='));
  return lines
    .map((line) => {
      if (line.startsWith('@@')) return paint('cyan', line);
      if (/^(\+\+\+|---) /.test(line)) return paint('bold', line);
      if (line.startsWith('+')) return paint('green', line);
      return line.startsWith('-') ? paint('red', line) : line;
    })
    .join('\n');
}
