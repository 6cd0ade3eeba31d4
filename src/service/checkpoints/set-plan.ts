/**
 * The plan that a branch is to have: another published definition, or the text of the present one with prompts and models
 * that are other, compiled whole.
 */
import type { Settings } from '../../contract/checkpoint.ts';
import { ConflictError, InvalidError, NotFoundError } from '../../errors/errors.ts';
import type { Json } from '../../plan/json.ts';
import type { Plan, PlanStep } from '../../plan/plan.ts';
import { chooseVersion } from '../definitions/choose-version.ts';
import { compileOrRefuse } from '../definitions/compile-or-refuse.ts';
import type { FullVersionRow } from '../definitions/queries/find-version.ts';
import { readStoredPlan } from '../definitions/stored-plan.ts';
import type { EditedPlan } from '../editing/edited-plan.ts';
import type { Services } from '../services.ts';
import type { CheckpointThen } from '../state/read-checkpoint-state.ts';

export interface SetPlan {
  readonly plan: Plan;
  /** It was made for this and is published nowhere: it has to be stored with the run. */
  readonly edited: EditedPlan | null;
}

/** What of an agent's step is other, as a definition writes it. */
type Members = Readonly<Record<string, Json>>;

interface Wanted {
  readonly runId: string;
  readonly stood: CheckpointThen;
  readonly set: Settings;
  readonly from: string | undefined;
  /** Does the step stay as it is? */
  readonly isKept: (step: string) => boolean;
}

/**
 * @returns null: the plan is that of the checkpoint
 * @throws NotFoundError `workflow_not_found`, `version_not_found`, `step_not_found`; ConflictError `set_refused`,
 *   `plan_not_found`; InvalidError `invalid_request`; UnprocessableError `definition_invalid` and as compiling does
 */
export async function setPlan(services: Services, wanted: Wanted): Promise<SetPlan | null> {
  const { runId, stood, set } = wanted;
  const { definition } = set;
  const base = definition === undefined ? null : await chooseVersion(services.store, definition);
  const edits = editsOf(base?.plan ?? stood.plan, wanted);
  if (base === null && edits.length === 0) return null;
  const set_plan =
    edits.length === 0 && base !== null
      ? { plan: base.plan, edited: null }
      : await compiled(services, runId, base ?? (await readStoredPlan(services, stood.plan)), edits);
  if (set_plan.plan.hash === stood.plan.hash) return null;
  if (stood.isEditable) return set_plan;
  const message = `Run "${runId}" began under interpreter version ${stood.interpreter}: its plan cannot become another.`;
  throw new ConflictError('set_refused', message);
}

async function compiled(
  services: Services,
  runId: string,
  base: FullVersionRow,
  edits: readonly (readonly [string, Members])[],
): Promise<SetPlan> {
  const list = edits.map(([key, members]) => ({ op: 'UPDATE' as const, step: { key, ...members } }));
  // What is written anew is JSON still where it was, and YAML takes either.
  const format = 'yaml';
  const text = { source: base.source, edits: { list, path: 'body.set' }, format } as const;
  const { plan, source } = await compileOrRefuse(services, { ...text, file: `the plan of ${runId}` });
  return { plan, edited: { plan, source, format } };
}

/** By step, in the plan's order. */
function editsOf(plan: Plan, wanted: Wanted): readonly (readonly [string, Members])[] {
  const { set, runId } = wanted;
  const named = new Map(Object.entries(set.steps));
  const unknown = [...named.keys()].find((key) => !plan.steps.some((step) => step.key === key));
  if (unknown !== undefined) throw noStep(runId, plan, unknown);
  const isShort = set.prompt !== undefined || set.model !== undefined;
  const meant = isShort ? meantStep(plan, wanted) : null;
  return plan.steps.flatMap((step) => {
    const { prompt, model } = { ...(step.key === meant ? set : {}), ...named.get(step.key) };
    if (prompt === undefined && model === undefined) return [];
    assertAgent(step, prompt === undefined ? 'model' : 'prompt');
    return [[step.key, membersOf(prompt, model)] as const];
  });
}

/** `models: [a, b]` says the same as `model`, with others that stand in for it. */
function membersOf(prompt: string | undefined, model: string | undefined): Members {
  return {
    ...(prompt === undefined ? {} : { prompt }),
    ...(model === undefined ? {} : { model, models: null }),
  };
}

/** The step whose prompt or model is meant where none is named. */
function meantStep(plan: Plan, { from, isKept }: Wanted): string {
  if (from !== undefined) return from;
  const ahead = plan.steps.filter(({ key, kind }) => kind === 'agent' && !isKept(key)).map(({ key }) => key);
  const [only] = ahead;
  if (only !== undefined && ahead.length === 1) return only;
  const which =
    ahead.length === 0 ? 'no agent’s step is still to be done' : `several are: ${ahead.join(', ')}`;
  const message = `It is not clear whose prompt or model is meant: ${which}. Name the step, or say from which one on.`;
  throw new InvalidError('invalid_request', message, [
    { path: 'body.set', code: 'step_unclear', message, hint: 'Write set.steps.STEP.model, or from.' },
  ]);
}

function assertAgent({ key, kind }: PlanStep, what: 'model' | 'prompt'): void {
  if (kind === 'agent') return;
  const message = `Step "${key}" is of kind ${kind}: it has no ${what} that could be set.`;
  const path = `body.set.steps.${key}.${what}`;
  throw new ConflictError('set_refused', message, [{ path, code: 'not_an_agent', message }]);
}

function noStep(runId: string, plan: Plan, key: string): NotFoundError {
  const known = plan.steps.map((step) => step.key).slice(0, 20);
  return new NotFoundError(
    'step_not_found',
    `Run "${runId}" has no step "${key}"; steps: ${known.join(', ')}.`,
  );
}
