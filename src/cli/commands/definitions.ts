/** Looking at definitions without a running stack: `validate`, and `graph` (which can also draw a published one). */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { readAgentFiles } from '../../agent-files/index.ts';
import { readConfig } from '../../config.ts';
import {
  compile,
  graphMermaid,
  graphText,
  validateDefinition,
  type DefinitionProblem,
} from '../../definition/index.ts';
import type { Plan } from '../../plan/plan.ts';
import { CliError, EXIT } from '../exit.ts';
import { readText } from '../inputs.ts';
import { note, print, withFormat, type FormatOption } from '../output.ts';
import { isFile } from '../publish-file.ts';
import { counted } from '../style.ts';
import { apiClient } from '../target.ts';

export function addValidate(program: Command): void {
  withFormat(program.command('validate'))
    .description('check a definition without running anything; exit code 1 when it is invalid')
    .argument('<file>', 'YAML or JSON, - for stdin')
    .action(async (file: string, options: FormatOption) => {
      const agents = await readAgentFiles(readConfig().BATON_AGENTS);
      const verdict = validateDefinition(readText(file), { file, agents });
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
      const plan = isFile(target) ? await planOf(target) : await publishedPlan(target);
      const graph = options.mermaid === true ? graphMermaid(plan) : graphText(plan);
      print(options.output, graphJson(plan, graph), () => graph);
    });
}

async function planOf(file: string): Promise<Plan> {
  const agents = await readAgentFiles(readConfig().BATON_AGENTS);
  const compiled = compile(readText(file), { file: file === '-' ? 'stdin' : basename(file), agents });
  for (const warning of compiled.warnings) note(problemText(warning, 'warning'));
  if ('plan' in compiled) return compiled.plan;
  const text = compiled.errors.map((problem) => problemText(problem, 'error')).join('\n');
  throw new CliError(EXIT.failed, `${file} is invalid\n${text}`, {
    code: 'definition_invalid',
    errors: compiled.errors,
  });
}

async function publishedPlan(target: string): Promise<Plan> {
  const at = target.lastIndexOf('@');
  const [name, version] = at > 0 ? [target.slice(0, at), target.slice(at + 1)] : [target, undefined];
  const client = apiClient();
  const path = `/workflows/${encodeURIComponent(name)}`;
  const chosen = version ?? (await client.json<{ latest_version: string }>(path)).latest_version;
  return (await client.json<{ plan: Plan }>(`${path}/versions/${encodeURIComponent(chosen)}`)).plan;
}

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

/** `file:line:column: error: message [code]`, as editors and people know it, with the hint below. */
export function problemText(problem: DefinitionProblem, severity: 'error' | 'warning'): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
  const head = `${place === '' ? '' : `${place}: `}${severity}: ${problem.message} [${problem.code}]`;
  return problem.hint === undefined ? head : `${head}\n    ${problem.hint}`;
}
