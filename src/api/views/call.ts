/** Rows of `llm_calls` and `session_messages` as JSON. */
import type { Json } from '../../plan/json.ts';
import type { ModelCall, SessionMessage } from '../schemas/call.ts';
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

/** @param full texts stay whole. */
export function sessionMessageJson(row: SessionMessageRow, full: boolean): SessionMessage {
  const content = full ? row.content : cut(row.content);
  return { ...row, content, created_at: iso(row.created_at) };
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
