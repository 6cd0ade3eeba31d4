/** What an edit would do to a run, as far as the tables know; the run itself decides. */
import type { EditPreview } from '../../contract/edit.ts';
import type { Run } from '../../contract/run.ts';
import type { Plan } from '../../plan/plan.ts';
import { actingSteps } from '../../projections/acting-steps.ts';
import { setBack } from '../../protocol/editing/rerun.ts';
import { editFaults, planEdit } from '../../protocol/plan-edit.ts';
import type { EditFault, PlanEdit } from '../../protocol/plan-edit.ts';
import type { Services } from '../services.ts';
import type { EditedPlan } from './edited-plan.ts';
import { pastCosts, type PastCostRow } from './queries/past-costs.ts';
import type { Standings } from './standings.ts';

const MICROS = 1_000_000;

/** @param named steps that are to run anew */
export async function previewEdit(
  services: Services,
  run: Run,
  before: Plan,
  { plan, source }: EditedPlan,
  standings: Standings,
  named: readonly string[],
): Promise<EditPreview> {
  const edit = planEdit(before, plan);
  const { again, faults } = faultsOf(standings, before, plan, edit, named);
  const keys = plan.steps.map(({ key }) => key);
  const isKept = (key: string) => standings.hasBegun(key) && !again.has(key);
  const acting = actingSteps(plan);
  const { added, removed, changed, rewired, members } = edit;
  const moved = new Set([...added, ...rewired]);
  return {
    run_id: run.id,
    revision: run.revision,
    plan_hash: plan.hash,
    added: [...added],
    removed: [...removed],
    changed: changed.map(({ name, members: of }) => ({ step: name, members: [...of] })),
    rewired: [...rewired],
    steps: plan.steps
      .filter(({ key }) => moved.has(key))
      .map(({ key, title, kind, dependencies }) => ({
        step: key,
        ...{ title, kind, dependencies: [...dependencies] },
      })),
    members: [...members],
    kept: keys.filter(isKept),
    runs_again: [...again],
    may_repeat: [...again].filter((key) => acting.has(key) && standings.of(key)?.hasRun === true),
    faults: faults.map(({ code, step, why }) => ({ code, step, message: why })),
    expected: await expectedOf(
      services,
      run.workflow,
      keys.filter((key) => !isKept(key)),
    ),
    definition: source,
  };
}

/** By the rules that the run has too (people/change-plan.ts of the core). */
function faultsOf(
  standings: Standings,
  before: Plan,
  after: Plan,
  edit: PlanEdit,
  named: readonly string[],
): { readonly again: ReadonlySet<string>; readonly faults: readonly EditFault[] } {
  const { again: steps, faults } = standings.rerun(before, after, named);
  const again = new Set(steps);
  if (faults.length > 0 || (again.size > 0 && before.hash === after.hash)) return { again, faults };
  const standing = (key: string) => {
    const stands = standings.of(key);
    return stands !== undefined && again.has(key) ? setBack(stands) : stands;
  };
  return { again, faults: editFaults(before, after, edit, standing) };
}

async function expectedOf(
  { store }: Services,
  workflow: string,
  ahead: readonly string[],
): Promise<EditPreview['expected']> {
  const past = await store.all<PastCostRow>(pastCosts(workflow, ahead));
  return {
    steps: ahead.length,
    known: past.length,
    cost_usd: past.reduce((sum, { cost }) => sum + cost, 0) / MICROS,
    total_tokens: Math.round(past.reduce((sum, { total_tokens: tokens }) => sum + tokens, 0)),
  };
}
