/** Checkpoints that were pruned, so that no rebuild brings them back. Written by the API. */
import { bigint, integer, nullable, text, time } from '../column.ts';
import { table } from '../table.ts';

export const prunedCheckpoints = table({
  name: 'pruned_checkpoints',
  key: ['run_id', 'number'],
  rows: 'added',
  run: 'run_id',
  archive: 'moved',
  columns: {
    run_id: text(),
    number: integer(),
    /** With `event_id` where it pointed. */
    execution_id: text(),
    event_id: bigint(),
    /** Number of the one that it came after, in its branch. */
    parent: nullable(integer()),
    label: nullable(text()),
    pruned_at: time(),
  },
});
