/** Rows of `workflow_messages` as JSON. */
import type { RunMessage, ThreadMessage } from '../schemas/message.ts';
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
export function threadMessageJson(row: MessageRow): ThreadMessage {
  const { seq, run_id, agent, ...rest } = messageJson(row);
  return { id: seq, workflow_id: run_id, agent_type: agent, ...rest };
}
