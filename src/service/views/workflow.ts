/** Rows of published workflows as JSON. */
import type { Workflow, WorkflowVersion } from '../../contract/workflow.ts';
import { iso, isoOrNull } from './time.ts';

export type WorkflowRow = Omit<Workflow, 'archived_at' | 'created_at' | 'updated_at'> & {
  readonly archived_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

export type VersionRow = Omit<WorkflowVersion, 'created_at'> & { readonly created_at: Date };

export function workflowJson(row: WorkflowRow): Workflow {
  return {
    ...row,
    archived_at: isoOrNull(row.archived_at),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  };
}

export function versionJson<Row extends VersionRow>(
  row: Row,
): Omit<Row, 'created_at'> & { created_at: string } {
  return { ...row, created_at: iso(row.created_at) };
}
