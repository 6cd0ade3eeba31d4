/** Rows of `workflow_messages` as JSON. */
import type { Json } from '../../plan/json.ts';
import type { LiveMessage } from '../../contract/event.ts';
import type { RunMessage, ThreadMessage } from '../../contract/message.ts';
import { iso, isoOrNull } from './time.ts';

type Times = 'created_at' | 'acknowledged_at' | 'processed_at';

/** Times inside `readers` are texts. */
export type MessageRow = Omit<RunMessage, Times> & {
  readonly created_at: Date;
  readonly acknowledged_at: Date | null;
  readonly processed_at: Date | null;
  /** Digest of what it says, of commands (`protocol/said.ts`); null in rows of older versions. */
  readonly said: string | null;
};

/** As `events/queries/list-live-events.ts` answers it; its time is a text in Postgres' form. */
export type LiveMessageRow = Omit<LiveMessage, 'id' | 'workflow_id' | 'agent_type'> &
  Pick<RunMessage, 'seq' | 'run_id'>;

export function messageJson(row: MessageRow): RunMessage {
  const { said: _, ...rest } = row;
  return {
    ...rest,
    readers: row.readers.map((reader) => ({ ...reader, at: iso(reader.at) })),
    created_at: iso(row.created_at),
    acknowledged_at: isoOrNull(row.acknowledged_at),
    processed_at: isoOrNull(row.processed_at),
  };
}

/** In the form of the routes under `/api/workflows`. */
export function threadMessageJson(message: RunMessage): ThreadMessage {
  const { seq, run_id, agent, metadata, ...rest } = message;
  return { id: seq, workflow_id: run_id, agent_type: agent, ...rest, metadata: asPosted(metadata) };
}

/** In the form in which live readers get it. */
export function liveMessageJson(row: LiveMessageRow): LiveMessage {
  const { seq, run_id, metadata, created_at, ...rest } = row;
  const names = { id: seq, workflow_id: run_id, agent_type: row.agent };
  return { ...rest, ...names, metadata: asPosted(metadata), created_at: iso(created_at) };
}

/** What rows keep under names of their own, by the names under which it is posted. */
const POSTED: Readonly<Record<string, string>> = {
  context: 'additionalContext',
  task: 'newTaskDescription',
  skip_to: 'skipToAgent',
};

function asPosted(metadata: Json): Json {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return metadata;
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [POSTED[name] ?? name, value]));
}
