import { sql, type Statement } from '../../../database/sql.ts';

/** The compiled steps of a version in the plan's order, each with what it depends on. */
export const listVersionSteps = (workflow: string, version: string): Statement => sql`
  select s.key, s.position, s.level, s.title, s.kind, s.capability, s.parallel,
         coalesce(array_agg(d.depends_on order by d.depends_on) filter (where d.depends_on is not null), '{}')
           as dependencies
  from workflow_steps s
  left join workflow_dependencies d on d.workflow = s.workflow and d.version = s.version and d.step = s.key
  where s.workflow = ${workflow} and s.version = ${version}
  group by s.workflow, s.version, s.key order by s.position`;
