/** The transcripts of agents: a tree of entries that are never updated. Written by activities. */
import { integer, json, nullable, text, time } from '../column.ts';
import { table } from '../table.ts';
import { bySessionOf } from './sessions-of-run.ts';

export const sessionMessages = table({
  name: 'session_messages',
  key: ['hash'],
  rows: 'added',
  ofRun: bySessionOf,
  archive: 'moved',
  order: ['depth', 'hash'],
  columns: {
    /** Covers the parent's hash and the entry. */
    hash: text(),
    session_id: text(),
    parent: nullable(text()),
    depth: integer(),
    role: text<'setup' | 'user' | 'assistant' | 'tool'>(),
    content: json(),
    created_at: time(),
  },
});
