/** What differs between two runs, as they are now or as they were after one of their events. */
import { parse } from 'yaml';
import type { DifferenceQuery, RunDifference } from '../../contract/runs/difference.ts';
import type { Run } from '../../contract/run.ts';
import type { Json, JsonObject } from '../../plan/json.ts';
import { findStoredPlan } from '../definitions/stored-plan.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';
import { eventNotFound } from '../runs/missing.ts';
import type { Services } from '../services.ts';
import { readRunAt } from '../state/read-state.ts';
import { compareRuns, type ComparedStep, type Side } from './compare-runs.ts';
import { listComparedSteps, type ComparedStepRow } from './queries/list-compared-steps.ts';

/** @throws NotFoundError `run_not_found`, `event_not_found`; ConflictError `run_archived` */
export async function readDifference(
  services: Services,
  id: string,
  other: string,
  { at, other_at }: DifferenceQuery,
): Promise<RunDifference> {
  const [a, b] = [await sideOf(services, id, at), await sideOf(services, other, other_at)];
  return compareRuns(a, b);
}

type RunShown = Pick<
  Run,
  | 'workflow'
  | 'version'
  | 'plan_hash'
  | 'revision'
  | 'status'
  | 'error_message'
  | 'inputs'
  | 'output'
  | 'turns'
  | 'input_tokens'
  | 'output_tokens'
  | 'total_tokens'
  | 'cost_estimate'
> & { readonly started_at: string | null; readonly completed_at: string | null };

async function sideOf(services: Services, id: string, at: number | undefined): Promise<Side> {
  const { run } = await readTarget(services, id);
  assertDetails(run);
  const shown = at === undefined ? await nowOf(services, run) : await thenOf(services, run, at);
  return { ...(await definedIn(services, shown.run)), ...partsOf(id, at, shown.run), steps: shown.steps };
}

async function nowOf({ store }: Services, run: Run) {
  const rows = await store.all<ComparedStepRow>(listComparedSteps(run.id));
  const steps = rows.map(({ started_at, completed_at, ...row }) => ({
    ...row,
    duration_seconds: secondsBetween(started_at?.getTime(), completed_at?.getTime()),
  }));
  return { run, steps };
}

/** As the fold of the stored history has it. */
async function thenOf(services: Services, run: Run, at: number) {
  const then = at > run.last_seq ? null : await readRunAt(services.store, run.id, at);
  if (then === null) throw await eventNotFound(services, run.id, at);
  const steps = then.steps
    .filter(({ status }) => status !== 'superseded')
    .map((row): ComparedStep => {
      const { key, kind, dependencies, status, attempt, reason, error, output, output_preview, model } = row;
      const { turns, input_tokens, output_tokens, total_tokens, cost_estimate } = row;
      return {
        ...{ key, kind, dependencies, status, attempt, reason, error, output, output_preview, model },
        ...{ turns, input_tokens, output_tokens, total_tokens, cost_estimate },
        ran: null,
        duration_seconds: secondsBetween(timeOf(row.started_at), timeOf(row.completed_at)),
      };
    });
  return { run: then.run as RunShown, steps };
}

function partsOf(id: string, at: number | undefined, run: RunShown): Pick<Side, 'run' | 'inputs' | 'output'> {
  const { workflow, version, plan_hash, revision, status, error_message, inputs, output } = run;
  const { turns, input_tokens, output_tokens, total_tokens, cost_estimate } = run;
  return {
    run: {
      ...{ run: id, seq: at ?? null, workflow, version, plan_hash, revision, status, error_message },
      ...{ turns, input_tokens, output_tokens, total_tokens, cost_estimate },
      duration_seconds: secondsBetween(timeOf(run.started_at), timeOf(run.completed_at)),
    },
    inputs: (inputs ?? {}) as JsonObject,
    output: output ?? null,
  };
}

/** What its definition says of the steps; nothing where that is not stored any more. */
async function definedIn(
  services: Services,
  { workflow: name, plan_hash: hash }: RunShown,
): Promise<Pick<Side, 'prompts' | 'models'>> {
  const found = hash === null ? undefined : await findStoredPlan(services, { name, hash });
  const models = (found?.plan.steps ?? []).flatMap(({ key, spec }) => {
    const model = spec.kind === 'agent' ? spec.models[0] : undefined;
    return model === undefined ? [] : [[key, model] as const];
  });
  return { prompts: promptsIn(found?.source), models: new Map(models) };
}

function promptsIn(source: string | undefined): ReadonlyMap<string, string> {
  const steps = source === undefined ? undefined : stepsIn(source);
  const list = Array.isArray(steps) ? (steps as readonly JsonObject[]) : [];
  return new Map(
    list.flatMap(({ key, prompt }) =>
      typeof key === 'string' && typeof prompt === 'string' ? [[key, prompt] as const] : [],
    ),
  );
}

/** The text has been compiled: it is YAML, or JSON. What only the compiler reads tells no prompts. */
function stepsIn(source: string): Json | undefined {
  try {
    return (parse(source) as { readonly steps?: Json }).steps;
  } catch {
    return undefined;
  }
}

const timeOf = (at: string | null): number | undefined => (at === null ? undefined : Date.parse(at));

function secondsBetween(from: number | undefined, to: number | undefined): number | null {
  return from === undefined || to === undefined ? null : Math.max(0, to - from) / 1000;
}
