/** Published definitions with their plans, immutable. Written by the API. */
import type { JsonObject } from '../../plan/json.ts';
import { integer, json, nullable, text, time } from '../column.ts';
import { table } from '../table.ts';

export const workflowVersions = table({
  name: 'workflow_versions',
  key: ['workflow', 'version'],
  rows: 'added',
  columns: {
    workflow: text(),
    version: text(),
    /** In which order they were published. */
    ordinal: integer(),
    /** Of the plan. */
    hash: text(),
    source: text(),
    format: text<'yaml' | 'json'>(),
    plan: json<JsonObject>(),
    published_by: nullable(text()),
    created_at: time(),
  },
});
