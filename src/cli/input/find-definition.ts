/** A definition by what people call it: a file, or the `NAME[@VERSION]` of a published workflow. */
import { basename } from 'node:path';
import type { VersionDetail, Workflow } from '../../contract/workflow.ts';
import { readAgentFiles } from '../../agent-files/index.ts';
import { readConfig } from '../../config.ts';
import { compile, formatOf, type CompileOptions, type Format } from '../../definition/index.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ApiClient } from '../client/api-client.ts';
import { CliError, EXIT } from '../exit.ts';
import { readText } from './inputs.ts';
import { note } from '../terminal/output.ts';
import { problemText } from '../client/problem-text.ts';
import { isFile } from './publish-file.ts';
import { apiClient } from '../client/target.ts';

export interface FoundDefinition {
  /** `name@version`, or the file. */
  readonly label: string;
  readonly plan: Plan;
  /** The text as it was written. */
  readonly source: string;
  readonly format: Format;
}

/** @throws CliError `definition_invalid`; what the API says of a name that it does not know */
export async function findDefinition(target: string): Promise<FoundDefinition> {
  if (isFile(target)) {
    const [source, options] = [readText(target), await localOptions(target)];
    return {
      label: target,
      plan: planOf(source, options),
      source,
      format: formatOf(source, { file: target }),
    };
  }
  const { workflow, version, plan, source, format } = await publishedVersion(apiClient(), target);
  return { label: `${workflow}@${version}`, plan, source, format };
}

/** How this machine compiles: with the agent files of BATON_AGENTS. */
export async function localOptions(file: string): Promise<CompileOptions> {
  const agents = await readAgentFiles(readConfig().BATON_AGENTS);
  return { file: file === '-' ? 'stdin' : basename(file), agents };
}

/** The plan; warnings are told on stderr. @throws CliError `definition_invalid` with every error */
export function planOf(source: string, options: CompileOptions): Plan {
  const compiled = compile(source, options);
  for (const warning of compiled.warnings) note(problemText(warning, 'warning'));
  if ('plan' in compiled) return compiled.plan;
  const text = compiled.errors.map((problem) => problemText(problem, 'error')).join('\n');
  const message = `${options.file ?? 'the definition'} is invalid\n${text}`;
  throw new CliError(EXIT.failed, message, { code: 'definition_invalid', errors: compiled.errors });
}

async function publishedVersion(client: ApiClient, target: string): Promise<VersionDetail> {
  const at = target.lastIndexOf('@');
  const [name, version] = at > 0 ? [target.slice(0, at), target.slice(at + 1)] : [target, undefined];
  const path = `/workflows/${encodeURIComponent(name)}`;
  const chosen = version ?? (await client.json<Workflow>(path)).latest_version;
  return client.json<VersionDetail>(`${path}/versions/${encodeURIComponent(chosen)}`);
}
