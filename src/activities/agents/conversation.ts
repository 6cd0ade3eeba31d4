/** A branch of a session as a model is to see it: setup and messages, with stored values loaded. */
import { loadBlobs } from '../../database/blobs.ts';
import type { Database } from '../../database/database.ts';
import type { Json } from '../../plan/json.ts';
import type { ToolAnswer } from '../../protocol/agent.ts';
import type { AssistantContent, SessionEntry, SetupContent } from '../../protocol/session.ts';
import { StepFailure } from '../step-failure.ts';
import { withStorage } from '../storage.ts';
import type { Message, ToolMessage } from './providers/provider.ts';
import type { Branch } from './session/session-store.ts';

export interface Conversation {
  readonly setup: SetupContent;
  readonly messages: readonly Message[];
}

/** @throws StepFailure `session_lost`, `value_missing`, `storage_unavailable` */
export async function conversationOf(database: Database, branch: Branch): Promise<Conversation> {
  const [first, ...others] = branch.map(({ entry }) => entry);
  if (first?.role !== 'setup') {
    throw new StepFailure('session_lost', `Session ${branch[0].session} does not begin with its setup.`);
  }
  const results = others.flatMap((entry) => (entry.role === 'tool' ? entry.content.results : []));
  const hashes = results.flatMap(({ output }) => ('ref' in output ? [output.ref.$blob] : []));
  const blobs = await withStorage(() => loadBlobs(database, [...new Set(hashes)]));
  return { setup: first.content, messages: others.flatMap((entry) => messagesOf(entry, blobs)) };
}

function messagesOf(entry: SessionEntry, blobs: ReadonlyMap<string, Json>): Message[] {
  switch (entry.role) {
    case 'setup':
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
