/** What an edit would do to a run, as far as the tables know; the run itself decides. */
import type { EditPreview } from '../../contract/edit.ts';
import type { Run } from '../../contract/run.ts';
import type { Plan } from '../../plan/plan.ts';
import { editFaults, hasBegun, planEdit } from '../../protocol/plan-edit.ts';
import type { Standing } from '../../protocol/plan-edit.ts';
import type { Services } from '../services.ts';
import type { EditedPlan } from './edited-plan.ts';
import { listStandings, type StandingRow } from './queries/list-standings.ts';
import { pastCosts, type PastCostRow } from './queries/past-costs.ts';

const MICROS = 1_000_000;

export async function previewEdit(
  { store }: Services,
  run: Run,
  before: Plan,
  { plan, source }: EditedPlan,
): Promise<EditPreview> {
  const standings = await store.all<StandingRow>(listStandings(run.id));
  const known = new Map(standings.flatMap((row) => standingOf(row) ?? []));
  const begun = (key: string): boolean => {
    const standing = known.get(key);
    return standing !== undefined && hasBegun(standing);
  };
  const edit = planEdit(before, plan);
  const { added, removed, changed, rewired, members } = edit;
  const ahead = plan.steps.map(({ key }) => key).filter((key) => !begun(key));
  const past = await store.all<PastCostRow>(pastCosts(run.workflow, ahead));
  return {
    run_id: run.id,
    revision: run.revision,
    plan_hash: plan.hash,
    added: [...added],
    removed: [...removed],
    changed: changed.map(({ name, members: of }) => ({ step: name, members: [...of] })),
    rewired: [...rewired],
    members: [...members],
    kept: plan.steps.map(({ key }) => key).filter(begun),
    faults: editFaults(before, plan, edit, (key) => known.get(key)).map(({ code, step, why }) => ({
      code,
      step,
      message: why,
    })),
    expected: {
      steps: ahead.length,
      known: past.length,
      cost_usd: past.reduce((sum, { cost }) => sum + cost, 0) / MICROS,
      total_tokens: Math.round(past.reduce((sum, { total_tokens: tokens }) => sum + tokens, 0)),
    },
    definition: source,
  };
}

function standingOf({ key, status, attempt }: StandingRow): readonly [readonly [string, Standing]] | null {
  return status === 'superseded' ? null : [[key, { status, attempt }]];
}
