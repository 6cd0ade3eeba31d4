/**
 * Compiles the MCP servers of an agent: `{command: [argv], env}` is started by the worker and spoken to by stdio,
 * `{url, headers}` is spoken to by streamable HTTP. Only `env` and `headers` are templates, and only over secrets.
 */
import type { Json, Path } from '../../plan/json.ts';
import type { McpServerSpec } from '../../plan/plan.ts';
import type { TemplateNode } from '../../plan/template.ts';
import { PLACE_OF_SECRETS } from '../fields/place.ts';
import type { Problems } from '../text/problem.ts';
import { mcpSchema } from '../fields/schema.ts';
import { shaped } from '../fields/shape.ts';
import { TemplateCompiler } from '../expressions/template.ts';
import { MCP_SERVER_NAME } from './tools.ts';

export type McpServers = Readonly<Record<string, McpServerSpec>>;

const MAX_NAME = 32;

/** The servers by name. What is wrong is noted, and left out. */
export function compileMcp(
  servers: Readonly<Record<string, unknown>> | undefined,
  path: Path,
  problems: Problems,
): McpServers {
  const entries = Object.entries(servers ?? {}).flatMap(([name, value]) => {
    const at = [...path, name];
    const named = isNamed(name, at, problems);
    const server = compileServer(value, at, problems);
    return server === null || !named ? [] : [[name, server] as const];
  });
  return Object.fromEntries(entries);
}

function isNamed(name: string, path: Path, problems: Problems): boolean {
  if (name.length <= MAX_NAME && MCP_SERVER_NAME.test(name)) return true;
  const message = `The server name ${JSON.stringify(name)} must hold only letters, digits and single inner "_" or "-" (at most ${MAX_NAME}).`;
  problems.error('mcp_invalid', path, message, 'Choose another name.', 'key');
  return false;
}

function compileServer(value: unknown, path: Path, problems: Problems): McpServerSpec | null {
  const shape = shaped(mcpSchema, value, path, problems);
  if (shape === null) return null;
  const { command, url } = shape;
  if ((command === undefined) === (url === undefined)) {
    const message = 'A server has either a command to start or a url to call.';
    problems.error('mcp_invalid', path, message, 'Write {command: [program, …]} or {url: https://…}.');
    return null;
  }
  const [wrong, right] =
    command === undefined ? (['env', 'headers'] as const) : (['headers', 'env'] as const);
  if (shape[wrong] !== undefined) {
    const message = `"${wrong}" does not go with "${command === undefined ? 'url' : 'command'}".`;
    problems.error('mcp_invalid', [...path, wrong], message, `Write "${right}".`, 'key');
  }
  const values = secretNodes(shape[right], [...path, right], problems);
  if (command === undefined) {
    checkUrl(url ?? '', [...path, 'url'], problems);
    return { transport: 'http', url: url ?? '', headers: values };
  }
  command.forEach((argument, at) => {
    refuseTemplate(argument, [...path, 'command', at], problems);
  });
  return { transport: 'stdio', argv: command, env: values };
}

function checkUrl(url: string, path: Path, problems: Problems): void {
  if (refuseTemplate(url, path, problems)) return;
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return;
  const message = `${JSON.stringify(url)} is no http or https address.`;
  problems.error('mcp_invalid', path, message, 'Write https://HOST/PATH.');
}

function refuseTemplate(text: string, path: Path, problems: Problems): boolean {
  if (!text.includes('{{')) return false;
  problems.error(
    'mcp_invalid',
    path,
    'This cannot be computed.',
    'Only env and headers may hold {{ secrets.NAME }}.',
  );
  return true;
}

function secretNodes(
  values: Readonly<Record<string, unknown>> | undefined,
  path: Path,
  problems: Problems,
): Record<string, TemplateNode> {
  const templates = new TemplateCompiler(PLACE_OF_SECRETS, problems);
  const entries = Object.entries(values ?? {});
  return Object.fromEntries(
    entries.map(([name, value]) => [name, templates.node(value as Json, [...path, name])]),
  );
}
