/** Runs of other installations, brought here by a bundle to be read. They take no commands. */
import { nullable, text, time } from '../column.ts';
import { table } from '../table.ts';

export const importedRuns = table({
  name: 'imported_runs',
  key: ['run_id'],
  rows: 'added',
  run: 'run_id',
  columns: {
    run_id: text(),
    /** Fingerprint of the key that signed the bundle. */
    origin: text(),
    /** The last hash of the bundle's chain, which tells it from every other. */
    bundle: text(),
    exported_at: time(),
    imported_at: time(),
    imported_by: nullable(text()),
  },
});
