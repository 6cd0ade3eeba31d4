/** `baton mcp`: Baton as an MCP server over stdin and stdout, for a program that starts it. */
import { InvalidArgumentError, type Command } from 'commander';
import { parseScopes, SCOPE_FORM, within, type Scope } from '../../../mcp/scope.ts';
import { cliConfig } from '../../client/target.ts';

export function addMcp(program: Command): void {
  program
    .command('mcp')
    .description('be an MCP server on stdin and stdout: programs with models look at runs and steer them')
    .option('--scope <scopes>', 'what it offers: read, steer, author, with commas (default: all)', scopesOf)
    .action(async ({ scope }: { readonly scope?: readonly Scope[] }) => {
      const bound = cliConfig().BATON_MCP_SCOPE;
      const { serveStdio } = await import('../../mcp/serve-stdio.ts');
      await serveStdio(scope === undefined ? bound : within(bound, scope));
    });
}

function scopesOf(text: string): readonly Scope[] {
  const scopes = parseScopes(text);
  if (scopes === undefined) throw new InvalidArgumentError(SCOPE_FORM);
  return scopes;
}
