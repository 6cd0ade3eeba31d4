/** Plans that a run was edited to. Written by the API before the run is asked to take them, never updated. */
import type { JsonObject } from '../../plan/json.ts';
import { json, text, time } from '../column.ts';
import { table } from '../table.ts';

export const runPlans = table({
  name: 'run_plans',
  key: ['run_id', 'hash'],
  rows: 'added',
  run: 'run_id',
  archive: 'copied',
  columns: {
    run_id: text(),
    /** Of the plan. */
    hash: text(),
    workflow: text(),
    /** Of the definition, as its text says it. */
    version: text(),
    source: text(),
    format: text<'yaml' | 'json'>(),
    plan: json<JsonObject>(),
    created_at: time(),
  },
});
