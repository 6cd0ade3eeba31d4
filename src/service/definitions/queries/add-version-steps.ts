import { sql, type Statement } from '../../../database/sql.ts';
import { writeJson } from '../../../plan/exact-json.ts';
import type { Plan } from '../../../plan/plan.ts';

/** Adds the compiled steps of a version, in the plan's order. */
export function addVersionSteps(plan: Plan): Statement {
  const steps = plan.steps.map((step, position) => ({
    key: step.key,
    position,
    level: step.level,
    title: step.title,
    kind: step.kind,
    capability: step.capability,
    parallel: step.parallel,
  }));
  return sql`
    insert into workflow_steps (workflow, version, key, position, level, title, kind, capability, parallel)
    select ${plan.name}, ${plan.version}, key, position, level, title, kind, capability, parallel
    from jsonb_to_recordset(${writeJson(steps)}::jsonb)
      as s (key text, position int, level int, title text, kind text, capability text, parallel boolean)`;
}
