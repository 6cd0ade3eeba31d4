/** Rows of `workflow_messages` as JSON. */
import type { JsonObject } from '../../plan/json.ts';
import type { LiveMessage } from '../../contract/event.ts';
import type { RunMessage, ThreadMessage } from '../../contract/message.ts';
import { exactly } from './exactly.ts';
import { iso, isoOrNull } from './time.ts';

type Times = 'created_at' | 'acknowledged_at' | 'processed_at';

/** Times are texts where they were folded, and inside `readers`. */
export type MessageRow = Omit<RunMessage, Times | 'readers'> & {
  readonly readers: readonly RunMessage['readers'][number][];
  readonly created_at: Date | string;
  readonly acknowledged_at: Date | string | null;
  readonly processed_at: Date | string | null;
  /** Digest of what it says, of commands (`protocol/said.ts`); null in rows of older versions. */
  readonly said: string | null;
};

/** As `events/queries/list-live-events.ts` answers it; its time is a text in Postgres' form. */
export type LiveMessageRow = Omit<LiveMessage, 'id' | 'workflow_id' | 'agent_type' | 'metadata'> &
  Pick<RunMessage, 'seq' | 'run_id' | 'metadata'>;

export function messageJson(row: MessageRow): RunMessage {
  const { said: _, ...rest } = row;
  return exactly<RunMessage>()({
    ...rest,
    readers: row.readers.map((reader) => ({ ...reader, at: iso(reader.at) })),
    created_at: iso(row.created_at),
    acknowledged_at: isoOrNull(row.acknowledged_at),
    processed_at: isoOrNull(row.processed_at),
  });
}

/** In the form of the routes under `/api/workflows`. */
export function threadMessageJson(message: RunMessage): ThreadMessage {
  const { seq, run_id, agent, metadata, ...rest } = message;
  return exactly<ThreadMessage>()({
    id: seq,
    workflow_id: run_id,
    agent_type: agent,
    ...rest,
    metadata: asPosted(metadata),
  });
}

/** In the form in which live readers get it. */
export function liveMessageJson(row: LiveMessageRow): LiveMessage {
  const { seq, run_id, metadata, created_at, ...rest } = row;
  const names = { id: seq, workflow_id: run_id, agent_type: row.agent };
  return exactly<LiveMessage>()({
    ...rest,
    ...names,
    metadata: asPosted(metadata),
    created_at: iso(created_at),
  });
}

/** What rows keep under names of their own, by the names under which it is posted. */
const POSTED: Readonly<Record<string, string>> = {
  context: 'additionalContext',
  task: 'newTaskDescription',
  skip_to: 'skipToAgent',
};

function asPosted(metadata: object): JsonObject {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [POSTED[name] ?? name, value]));
}
