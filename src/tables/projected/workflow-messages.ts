/**
 * An entry of a run's thread, under the `seq` of the event that it tells of. What it says is fixed; what becomes of it
 * changes until nobody has it before him any more.
 */
import type { JsonObject } from '../../plan/json.ts';
import type { MessageType } from '../../protocol/event.ts';
import type { IgnoredCode } from '../../protocol/signals.ts';
import type { MessageStatus, ReaderStatus } from '../../protocol/status.ts';
import { bigint, fixed, integer, json, jsonb, nullable, text, time } from '../column.ts';
import { table, type RowOf } from '../table.ts';

/** An agent that has got a message with a turn. */
export interface ReaderJson {
  readonly step: string;
  readonly agent: string | null;
  readonly attempt: number;
  readonly turn: number;
  /** `processed`: it has answered with the message in its session. */
  readonly status: ReaderStatus;
  readonly at: string;
}

export const workflowMessages = table({
  name: 'workflow_messages',
  key: ['run_id', 'seq'],
  rows: 'replaced',
  run: 'run_id',
  archive: 'moved',
  columns: {
    run_id: text(),
    seq: bigint(),
    message_id: fixed(nullable(text())),
    message_type: fixed(text<MessageType>()),
    action_type: fixed(nullable(text())),
    action_status: text<MessageStatus>(),
    content: fixed(nullable(text())),
    /** Why it was ignored, for people. */
    reason: nullable(text()),
    author: fixed(nullable(text())),
    metadata: json<JsonObject>(),
    created_at: fixed(time()),
    step: fixed(nullable(text())),
    agent: fixed(nullable(text())),
    attempt: fixed(nullable(integer())),
    turn: fixed(nullable(integer())),
    /** Why it was ignored, for machines. */
    reason_code: nullable(text<IgnoredCode>()),
    acknowledged_at: nullable(time()),
    /** Nothing more becomes of it. */
    processed_at: nullable(time()),
    readers: jsonb<readonly ReaderJson[]>(),
    /** The newest event that has changed the row. */
    updated_seq: bigint(),
    /** Digest of what a command says. */
    said: fixed(nullable(text())),
  },
});

export type MessageRow = RowOf<typeof workflowMessages>;
