/** Looking at definitions without a running stack: `validate`, and `graph` (which can also draw a published one). */
import type { Command } from 'commander';
import type { Plan } from '../../../plan/plan.ts';
import { EXIT } from '../../exit.ts';
import { readText } from '../../input/inputs.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { problemText } from '../../client/problem-text.ts';
import { counted } from '../../terminal/style.ts';

export function addValidate(program: Command): void {
  withFormat(program.command('validate'))
    .description('check a definition without running anything; exit code 1 when it is invalid')
    .argument('<file>', 'YAML or JSON, - for stdin')
    .action(async (file: string, options: FormatOption) => {
      const [{ validateDefinition }, { localOptions }] = await Promise.all([compiler(), finder()]);
      const verdict = validateDefinition(readText(file), { ...(await localOptions(file)), file });
      if (!verdict.valid) process.exitCode = EXIT.failed;
      print(options.output, verdict, () =>
        [
          ...verdict.errors.map((problem) => problemText(problem, 'error')),
          ...verdict.warnings.map((problem) => problemText(problem, 'warning')),
          verdict.valid
            ? `${file} is valid`
            : `${file} is invalid: ${counted(verdict.errors.length, 'error')}`,
        ].join('\n'),
      );
    });
}

export function addGraph(program: Command): void {
  withFormat(program.command('graph'))
    .description('draw the steps of a definition and what they wait for')
    .argument('<file-or-name>', 'a YAML or JSON file, or the NAME[@version] of a published workflow')
    .option('--mermaid', 'as a Mermaid flowchart')
    .action(async (target: string, options: FormatOption & { mermaid?: boolean }) => {
      const [{ graphMermaid, graphText }, { findDefinition }] = await Promise.all([compiler(), finder()]);
      const { plan } = await findDefinition(target);
      const graph = options.mermaid === true ? graphMermaid(plan) : graphText(plan);
      print(options.output, graphJson(plan, graph), () => graph);
    });
}

/** Loaded when needed: a list of all commands needs no compiler. */
const compiler = () => import('../../../definition/index.ts');
const finder = () => import('../../input/find-definition.ts');

function graphJson(plan: Plan, graph: string) {
  const steps = plan.steps.map(({ key, title, kind, level, dependencies }) => ({
    key,
    title,
    kind,
    level,
    dependencies,
  }));
  return { name: plan.name, version: plan.version, hash: plan.hash, steps, graph };
}
