import { sql, type Statement } from '../../../database/sql.ts';

/** A workflow (WorkflowRow) with the title of its newest version, or nothing. */
export const findWorkflow = (name: string): Statement => sql`
  select w.name, w.latest_version, v.plan->>'title' as title, v.plan->>'description' as description,
         w.archived_at, w.created_at, w.updated_at
  from workflows w join workflow_versions v on v.workflow = w.name and v.version = w.latest_version
  where w.name = ${name}`;
