/** An MCP server as it is to be reached: its spec with secrets filled in. */
import { ACTIVITY_COST, renderer } from '../../../expressions/index.ts';
import type { McpServerSpec } from '../../../plan/plan.ts';
import type { Secrets } from '../../secrets.ts';
import { renderTexts } from '../../texts.ts';

export type McpServer =
  | {
      readonly transport: 'stdio';
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  | {
      readonly transport: 'http';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    };

/** Fills in the secrets. @throws ExpressionError for a secret that the worker does not have */
export function mcpServer(spec: McpServerSpec, secrets: Secrets): McpServer {
  const scope = {
    inputs: {},
    steps: {},
    run: { id: '', workflow: '', version: '' },
    secrets: secrets.values,
  };
  const fill = renderer(scope, ACTIVITY_COST);
  return spec.transport === 'stdio'
    ? { transport: 'stdio', argv: spec.argv, env: renderTexts(spec.env, fill) }
    : { transport: 'http', url: spec.url, headers: renderTexts(spec.headers, fill) };
}
