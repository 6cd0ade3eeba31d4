/**
 * `baton export`: the text of a definition, as it was written or in the other format; with `--to` the bundle of a run,
 * with `--html` a run as a page.
 */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Compilation, Format } from '../../../definition/index.ts';
import { CliError, EXIT } from '../../exit.ts';
import type { FoundDefinition } from '../../input/find-definition.ts';
import { note, print, withFormat, type FormatOption } from '../../terminal/output.ts';

interface ExportOptions extends FormatOption {
  readonly as?: Format;
  readonly to?: string;
  readonly html?: string;
}

export function addExport(program: Command): void {
  withFormat(program.command('export'))
    .description(
      'print the text of a definition, or write a run into one file: all that is stored of it, signed, or a page to read',
    )
    .argument(
      '<what>',
      'a YAML or JSON file, the NAME[@version] of a published workflow, or with --to or --html a run',
    )
    .addOption(new Option('--as <format>', 'default: as it was written').choices(['yaml', 'json']))
    .option('--to <file>', 'the bundle of a run, into this file')
    .option('--html <file>', 'a run as one page that opens without a server, into this file')
    .action(async (target: string, options: ExportOptions) => {
      if (options.to !== undefined) return exportBundle(target, options.to, options);
      if (options.html !== undefined) return exportPage(target, options.html, options);
      const { findDefinition } = await import('../../input/find-definition.ts');
      const found = await findDefinition(target);
      const as = options.as ?? found.format;
      const text = as === found.format ? found.source : await converted(found, as);
      const { name, version, hash } = found.plan;
      print(options.output, { name, version, hash, format: as, text }, () => text);
    });
}

async function exportBundle(words: string, file: string, { as, output }: ExportOptions): Promise<void> {
  if (as !== undefined) throw new CliError(EXIT.usage, '--as is for definitions: a bundle has one form');
  const { exportRun } = await import('./bundle.ts');
  const { run } = await exportRun(words, file);
  print(output, { run_id: run, bundle: file }, () => `${file} holds run ${run}: baton verify ${file}`);
}

async function exportPage(words: string, file: string, { as, output }: ExportOptions): Promise<void> {
  if (as !== undefined) throw new CliError(EXIT.usage, '--as is for definitions: a page has one form');
  const [{ apiClient }, { runIn }, { writeRunPage }] = await Promise.all([
    import('../../client/target.ts'),
    import('../../client/find-run.ts'),
    import('../../local/run-page.ts'),
  ]);
  const client = apiClient();
  const run = await runIn(client, words);
  const { bytes } = await writeRunPage(client, run, file);
  print(output, { run_id: run, page: file, bytes }, () => `${file} shows run ${run}: open it in a browser`);
}

/** @throws CliError `export_differs` when the other format would not mean the same */
async function converted({ label, plan, source }: FoundDefinition, as: Format): Promise<string> {
  const [{ compile, convertDefinition }, { localOptions }] = await Promise.all([
    import('../../../definition/index.ts'),
    import('../../input/find-definition.ts'),
  ]);
  const options = { ...(await localOptions(`the ${as} of ${label}`)), format: as };
  const texts = (['values', 'texts'] as const).map((odd) => convertDefinition(source, as, odd));
  const text = texts.find((one) => hashOf(compile(one, options)) === plan.hash);
  if (text === undefined) {
    const message =
      `${label} as ${as} would not be the same plan: a number such as 0755 has no such form, or agent files differ ` +
      'here. Quote such numbers; see BATON_AGENTS.';
    throw new CliError(EXIT.failed, message, { code: 'export_differs' });
  }
  if (as === 'json' && /^\s*#/m.test(source)) note('comments are left out: JSON has none');
  return text;
}

const hashOf = (compiled: Compilation): string | null => ('plan' in compiled ? compiled.plan.hash : null);
