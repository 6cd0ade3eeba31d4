/** Activity `plan`: a published plan by name, with version or hash when the starter knew them. */
import { sql, type Statement } from '../database/sql.ts';
import type { Logger } from '../log/log.ts';
import type { Plan } from '../plan/plan.ts';
import type { Database } from '../database/database.ts';
import type { LoadPlanActivity, LoadPlanInput } from '../protocol/activity.ts';
import { INTERPRETER_VERSION } from '../protocol/envelope.ts';
import type { Masking } from '../secrets/masking.ts';
import { toApplicationFailure } from './failure-mapping.ts';
import { StepFailure } from './step-failure.ts';
import { withStorage } from './storage.ts';
import { assertTravels, LARGEST_PLAN_BYTES } from './travelling.ts';

/** Makes the activity. It fails with `definition_not_found`, `result_too_large` or `storage_unavailable`. */
export function loadPlanActivity(deps: {
  readonly database: Database;
  readonly log: Logger;
  readonly secrets: Masking;
}): LoadPlanActivity {
  return async function plan(input) {
    try {
      const { rows } = await withStorage(() => deps.database.query<{ plan: Plan }>(selection(input)));
      const found = rows[0];
      if (found === undefined) throw new StepFailure('definition_not_found', notFound(input));
      const loaded = { plan: found.plan, interpreter: INTERPRETER_VERSION };
      assertTravels(loaded, LARGEST_PLAN_BYTES);
      return loaded;
    } catch (thrown) {
      const failure = toApplicationFailure(thrown, deps.secrets.mask);
      deps.log.info({ workflow: input.name, code: failure.type, reason: failure.message }, 'plan not loaded');
      throw failure;
    }
  };
}

/** A known version or hash is served even when archived: a run that was started may go on. */
function selection({ name, version, hash }: LoadPlanInput): Statement {
  if (hash !== undefined) {
    return sql`
      select plan from workflow_versions where workflow = ${name} and hash = ${hash}
      union all select plan from run_plans where workflow = ${name} and hash = ${hash} limit 1`;
  }
  if (version !== undefined) {
    return sql`select plan from workflow_versions where workflow = ${name} and version = ${version}`;
  }
  return sql`
    select v.plan from workflow_versions v join workflows w on w.name = v.workflow
    where v.workflow = ${name} and w.archived_at is null order by v.ordinal desc limit 1`;
}

function notFound({ name, version, hash }: LoadPlanInput): string {
  const which = hash ?? version;
  return which === undefined
    ? `No workflow named "${name}" is published (or it is archived). Publish a definition of that name first.`
    : `Workflow "${name}" has no published version ${which}.`;
}
