/** What effects brought, and which are under way: the next attempt looks here before it acts. Written by activities. */
import { json, nullable, text, time } from '../column.ts';
import { table } from '../table.ts';

export const keptResults = table({
  name: 'kept_results',
  key: ['key', 'input_hash'],
  rows: 'replaced',
  columns: {
    /** The effect's idempotency key. */
    key: text(),
    input_hash: text(),
    run_id: text(),
    /** null while the effect is under way. */
    outcome: nullable(json()),
    /** When whoever is at it last said so. */
    beat_at: time(),
    kept_at: time(),
  },
});
