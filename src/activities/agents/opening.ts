/** What a session begins with: the setup that every turn repeats, and the rendered prompt. */
import { ACTIVITY_COST, render } from '../../expressions/index.ts';
import type { Opening, TurnInput } from '../../protocol/agent.ts';
import type { SessionEntry } from '../../protocol/session.ts';
import type { ActivityDeps } from '../frame.ts';
import { loadScope } from '../scope.ts';
import { asText } from '../texts.ts';
import type { ToolDefinition } from '../tools/tool-definition.ts';

type Setup = Extract<SessionEntry, { role: 'setup' }>;
type Prompt = Extract<SessionEntry, { role: 'user' }>;

/**
 * The tools as they are offered from now on: the same for the whole session, and by name, so that a server that lists
 * them in another order is no other beginning.
 */
export function setupOf({ spec, system }: Opening, offered: readonly ToolDefinition[]): Setup {
  const tools = offered.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { agent, outputSchema, temperature, maxOutputTokens } = spec;
  return { role: 'setup', content: { agent, system, outputSchema, temperature, maxOutputTokens, tools } };
}

/** Secrets are not for models: a prompt cannot read them. @throws StepFailure, ExpressionError */
export async function promptOf(
  { spec, values }: Opening,
  { run }: TurnInput,
  { database, secrets }: ActivityDeps,
): Promise<Prompt> {
  const scope = await loadScope({ run, values }, { database, secrets: { ...secrets, values: {} } });
  const text = asText(render(spec.prompt, scope, { limit: ACTIVITY_COST }));
  return { role: 'user', content: { text, source: 'prompt', by: null } };
}
