/** How a turn gets to where it asks: the session begun or found again, with what is new appended. */
import { storableJson } from '../../plan/storable.ts';
import type { Json } from '../../plan/json.ts';
import type { Appended, Opening, TurnInput } from '../../protocol/agent.ts';
import type { SessionEntry } from '../../protocol/session.ts';
import type { SessionRef } from '../../protocol/usage.ts';
import type { ActivityDeps } from '../frame.ts';
import { maskJson } from '../../secrets/masking.ts';
import { StepFailure } from '../step-failure.ts';
import type { ToolDefinition } from '../tools/tool-definition.ts';
import { promptOf, setupOf } from './opening.ts';
import { appendEntries, loadBranch, openSession, type Branch } from './session/session-store.ts';

/** Names the tools that an agent is offered; asks the servers of those that are not built in. */
export type OfferTools = (
  opening: Opening,
  where: { readonly run: string; readonly workspace: string | null; readonly signal: AbortSignal },
) => Promise<readonly ToolDefinition[]>;

/**
 * The same input leads to the same branch, however often it is tried.
 *
 * @throws StepFailure `session_lost`, `value_missing`, `storage_unavailable`, and what rendering and tools may throw
 */
export async function enterSession(
  deps: ActivityDeps & { readonly offerTools: OfferTools },
  input: TurnInput,
  session: SessionRef,
  signal: AbortSignal,
): Promise<Branch> {
  const added = input.append.map((appended) => shown(deps, entryOf(appended)));
  if (input.session !== null) {
    const branch = await loadBranch(deps.database, session.id, input.session.head);
    return appendEntries(deps.database, branch, added);
  }
  if (input.opening === null) throw new StepFailure('unknown', 'The first turn has no opening.');
  const tools = await deps.offerTools(input.opening, {
    run: input.run.id,
    workspace: input.workspace,
    signal,
  });
  signal.throwIfAborted();
  const prompt = await promptOf(input.opening, input, deps);
  const branch = await openSession(deps.database, session.id, shown(deps, setupOf(input.opening, tools)));
  return appendEntries(deps.database, branch, [shown(deps, prompt), ...added]);
}

/** An entry as it may stand in a transcript: no secrets, and text that can be stored. */
export function shown<E extends SessionEntry>({ secrets }: Pick<ActivityDeps, 'secrets'>, entry: E): E {
  return storableJson(maskJson(entry as unknown as Json, secrets.mask)) as unknown as E;
}

function entryOf(appended: Appended): SessionEntry {
  if (appended.type === 'tool_results') return { role: 'tool', content: { results: appended.results } };
  const { text, source, by } = appended;
  return { role: 'user', content: { text, source, by } };
}
