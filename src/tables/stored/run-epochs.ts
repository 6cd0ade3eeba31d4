/** Who may go on with a closed run: of several, the one whose row is in. Written by the API. */
import type { JsonObject } from '../../plan/json.ts';
import { integer, jsonb, nullable, text, time } from '../column.ts';
import { table } from '../table.ts';

export const runEpochs = table({
  name: 'run_epochs',
  key: ['run_id', 'epoch'],
  rows: 'added',
  run: 'run_id',
  archive: 'copied',
  columns: {
    run_id: text(),
    epoch: integer(),
    action: text(),
    by: nullable(text()),
    detail: jsonb<JsonObject>(),
    created_at: time(),
  },
});
