import { sql, type Statement } from '../../../database/sql.ts';
import type { Plan } from '../../../plan/plan.ts';

/** Adds what each step of a version depends on. */
export function addVersionDependencies(plan: Plan): Statement {
  const pairs = plan.steps.flatMap(({ key, dependencies }) =>
    dependencies.map((dependency) => ({ step: key, depends_on: dependency })),
  );
  return sql`
    insert into workflow_dependencies (workflow, version, step, depends_on)
    select ${plan.name}, ${plan.version}, step, depends_on
    from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as d (step text, depends_on text)`;
}
