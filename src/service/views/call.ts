/** Rows of `llm_calls` and `session_messages` as JSON. */
import type { Json, JsonObject } from '../../plan/json.ts';
import type { BlobRef } from '../../protocol/values.ts';
import { refIn, withStored, type StoredValues } from './stored.ts';
import type { ModelCall, SessionMessage } from '../../contract/call.ts';
import { iso, isoOrNull } from './time.ts';

export type CallRow = Omit<ModelCall, 'started_at' | 'completed_at'> & {
  readonly started_at: Date;
  readonly completed_at: Date | null;
  readonly position: string;
};
export type SessionMessageRow = Omit<SessionMessage, 'created_at'> & { readonly created_at: Date };

/** Longest text of an entry that is shown whole. */
const MAX_CHARS = 2_000;

export function callJson(row: CallRow): ModelCall {
  const { position: _, ...call } = row;
  return { ...call, started_at: iso(row.started_at), completed_at: isoOrNull(row.completed_at) };
}

/** What the answers of tools in an entry refer to. */
export function refsOf({ role, content }: SessionMessageRow): BlobRef[] {
  return resultsIn(role, content).flatMap(({ output }) => refIn(output) ?? []);
}

/** @param stored what the entries refer to @param full texts stay whole. */
export function sessionMessageJson(
  row: SessionMessageRow,
  stored: StoredValues,
  full: boolean,
): SessionMessage {
  const content = withAnswers(row, stored);
  return { ...row, content: full ? content : cut(content), created_at: iso(row.created_at) };
}

function resultsIn(role: string, content: Json): readonly JsonObject[] {
  const { results } = (role === 'tool' ? (content ?? {}) : {}) as {
    readonly results?: readonly JsonObject[];
  };
  return results === undefined || !Array.isArray(results) ? [] : (results as readonly JsonObject[]);
}

/** What the tools answered, as the model has read it. */
function withAnswers({ role, content }: SessionMessageRow, stored: StoredValues): Json {
  const results = resultsIn(role, content);
  if (results.length === 0) return content;
  const shown = results.map((result): JsonObject => {
    const ref = refIn(result['output']);
    return ref === undefined ? result : { ...result, output: withStored(ref, stored) };
  });
  return { ...(content as JsonObject), results: shown };
}

/** The same value with every long text shortened, and saying so. */
function cut(value: Json): Json {
  if (typeof value === 'string') return cutText(value);
  if (Array.isArray(value)) return value.map(cut);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cut(member)]));
}

function cutText(text: string): string {
  if (text.length <= MAX_CHARS) return text;
  // Half a surrogate pair would be no text.
  const shown = text.slice(0, MAX_CHARS).replace(/[\ud800-\udbff]$/, '');
  return `${shown}… [${text.length - shown.length} more characters: full=1]`;
}
