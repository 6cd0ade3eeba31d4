/** Answers of models by what was asked: a call that is repeated is not paid for again. Written by activities. */
import { json, text, time } from '../column.ts';
import { table } from '../table.ts';
import { bySessionOf } from './sessions-of-run.ts';

export const sessionTurns = table({
  name: 'session_turns',
  key: ['session_id', 'parent', 'request_hash'],
  rows: 'added',
  ofRun: bySessionOf,
  archive: 'moved',
  columns: {
    session_id: text(),
    parent: text(),
    request_hash: text(),
    /** Hash of the entry. */
    answer: text(),
    /** What the activity had answered. */
    output: json(),
    created_at: time(),
  },
});
