/** A branch of a session as a model is to see it: setup and messages, with stored values loaded. */
import { loadBlobs } from '../../database/blobs.ts';
import type { Database } from '../../database/database.ts';
import type { Json } from '../../plan/json.ts';
import type { ToolAnswer } from '../../protocol/agent.ts';
import type { AssistantContent, SessionEntry, SetupContent } from '../../protocol/session.ts';
import { StepFailure } from '../step-failure.ts';
import { withStorage } from '../storage.ts';
import type { Message, ToolMessage } from './providers/provider.ts';
import { asText } from '../texts.ts';
import { isPersonsAnswer, seenOf } from './session/compacted.ts';
import type { SessionNode } from './session/node.ts';
import type { Branch } from './session/session-store.ts';

export interface Conversation {
  readonly setup: SetupContent;
  readonly messages: readonly Message[];
}

/**
 * Where a summary stands in the branch, it is said after the prompt and the words of people, and what it is of is not.
 *
 * @throws StepFailure `session_lost`, `value_missing`, `storage_unavailable`
 */
export async function conversationOf(database: Database, branch: Branch): Promise<Conversation> {
  const { beginning, words, summary, recent } = seenOf(branch);
  const setup = setupOf(branch);
  const before = await messagesOf(database, beginning);
  const heard = (await messagesOf(database, words)).flatMap(asWords);
  const after = await messagesOf(database, recent);
  const said: Message[] = summary === null ? [] : [{ role: 'user', text: `${SUMMARY}\n\n${summary.text}` }];
  return { setup, messages: [...before, ...heard, ...said, ...after] };
}

const SUMMARY =
  'Your older turns were summarised to keep this conversation within what you take. The summary of them; go on from it:';

/** The call that an answer is to is summarised, so the answer stands for itself. */
function asWords(message: Message): Message[] {
  if (message.role !== 'tool') return [message];
  return message.results.filter(isPersonsAnswer).map(({ output }) => ({
    role: 'user',
    text: `A person answered a question of yours: ${asText(output)}`,
  }));
}

/** @throws StepFailure `session_lost` */
function setupOf(branch: Branch): SetupContent {
  const { entry, session } = branch[0];
  if (entry.role === 'setup') return entry.content;
  throw new StepFailure('session_lost', `Session ${session} does not begin with its setup.`);
}

/** @throws StepFailure `value_missing`, `storage_unavailable` */
export async function messagesOf(database: Database, nodes: readonly SessionNode[]): Promise<Message[]> {
  const entries = nodes.map(({ entry }) => entry);
  const results = entries.flatMap((entry) => (entry.role === 'tool' ? entry.content.results : []));
  const hashes = results.flatMap(({ output }) => ('ref' in output ? [output.ref.$blob] : []));
  const blobs = await withStorage(() => loadBlobs(database, [...new Set(hashes)]));
  return entries.flatMap((entry) => messageOf(entry, blobs));
}

function messageOf(entry: SessionEntry, blobs: ReadonlyMap<string, Json>): Message[] {
  switch (entry.role) {
    case 'setup':
    case 'summary':
      return [];
    case 'user':
      return [{ role: 'user', text: entry.content.text }];
    case 'assistant':
      return [assistantMessage(entry.content)];
    case 'tool':
      return [{ role: 'tool', results: entry.content.results.map((result) => loaded(result, blobs)) }];
  }
}

function assistantMessage({ text, calls, provider, native }: AssistantContent): Message {
  return { role: 'assistant', text, calls, provider, native };
}

function loaded({ output, ...answer }: ToolAnswer, blobs: ReadonlyMap<string, Json>): ToolMessage {
  if ('value' in output) return { ...answer, output: output.value };
  const value = blobs.get(output.ref.$blob);
  if (value !== undefined) return { ...answer, output: value };
  const message = `The result of tool ${answer.name} (${output.ref.$blob}) is not in the blob table any more.`;
  throw new StepFailure('value_missing', message);
}
