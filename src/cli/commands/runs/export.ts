/** `baton export`: the text of a definition, as it was written or in the other format. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Compilation, Format } from '../../../definition/index.ts';
import { CliError, EXIT } from '../../exit.ts';
import type { FoundDefinition } from '../../input/find-definition.ts';
import { note, print, withFormat, type FormatOption } from '../../terminal/output.ts';

interface ExportOptions extends FormatOption {
  readonly as?: Format;
}

export function addExport(program: Command): void {
  withFormat(program.command('export'))
    .description('print the text of a definition, as YAML or as JSON')
    .argument('<file-or-name>', 'a YAML or JSON file, or the NAME[@version] of a published workflow')
    .addOption(new Option('--as <format>', 'default: as it was written').choices(['yaml', 'json']))
    .action(async (target: string, options: ExportOptions) => {
      const { findDefinition } = await import('../../input/find-definition.ts');
      const found = await findDefinition(target);
      const as = options.as ?? found.format;
      const text = as === found.format ? found.source : await converted(found, as);
      const { name, version, hash } = found.plan;
      print(options.output, { name, version, hash, format: as, text }, () => text);
    });
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
