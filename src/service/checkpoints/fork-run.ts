/**
 * Starts runs that begin with the state of a checkpoint: one, or several variants beside each other. The run that they are
 * forked from stays as it is, open or closed; effects of a fork are its own, since their keys contain its id.
 *
 * Whatever can be refused is refused before the first one starts. Where Temporal goes away between two starts, the same
 * request under the same key starts the rest.
 */
import type { ForkedRuns, ForkPreview, ForkRun } from '../../contract/checkpoint.ts';
import { findStoredPlan } from '../definitions/stored-plan.ts';
import type { EditedPlan } from '../editing/edited-plan.ts';
import { addRunPlan } from '../../database/run-plans.ts';
import { leanEnvelope } from '../../projections/lean-envelope.ts';
import type { Scope } from '../services.ts';
import { claimKey, runOfKey, startKey, type StartKey } from '../starting/idempotency.ts';
import { travellingPlan } from '../starting/place-inputs.ts';
import {
  newRunId,
  projected,
  runExists,
  startPlanned,
  type Planned,
  type Started,
} from '../starting/start-run.ts';
import type { CheckpointRow } from '../views/checkpoint.ts';
import { runJson } from '../views/run.ts';
import { branchesOf, limitsOf, type Branch } from './branches.ts';
import { depart, type Departing } from './depart.ts';
import { findCheckpoint, stateOf } from './find-checkpoint.ts';
import { planOf } from './going-on.ts';
import { previewOf, shownResults } from './preview.ts';
import { listTriedSteps, type TriedStepRow } from './queries/list-tried-steps.ts';

export type Forked =
  | { readonly kind: 'one'; readonly started: Started }
  /** `replayed`: all of them were there already. */
  | { readonly kind: 'several'; readonly answer: ForkedRuns; readonly replayed: boolean }
  | { readonly kind: 'foretold'; readonly answer: ForkPreview };

/**
 * @throws NotFoundError `run_not_found`, `checkpoint_not_found`; ConflictError `run_archived`, `checkpoint_pruned`,
 *   `run_exists`, `idempotency_key_reused`; UnavailableError; and as `depart` does
 */
export async function forkRun(scope: Scope, runId: string, body: ForkRun, key?: string): Promise<Forked> {
  const { record } = scope.call;
  const { checkpoint = 'newest', dry_run } = body;
  record?.note({ run: runId, detail: { checkpoint, ...(dry_run && { dry_run }) } });
  const branches = branchesOf(body);
  if (dry_run) return { kind: 'foretold', answer: await foretell(scope, runId, body, branches) };
  const starts = branches.map((_, at) => keyOf(runId, body, key, at));
  const there = await Promise.all(starts.map((start) => runThere(scope, body, start)));
  const missing = there.some((started) => started === undefined);
  const ready = missing ? await prepareAll(scope, runId, body, branches) : [];
  const planned = await Promise.all(
    ready.map(async (one, at) =>
      there[at] === undefined ? { ready: one, as: await claimed(scope, body, one, starts[at]) } : null,
    ),
  );
  const outcomes = await Promise.allSettled(
    branches.map(async (_, at) => there[at] ?? start(scope, planned[at] ?? null)),
  );
  const started = outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
  const names = started.map(({ run }) => run.id);
  const replayed = started.every((one) => one.replayed);
  const [only] = started;
  record?.note({
    run: runId,
    detail: { started: body.variants === undefined ? (names[0] ?? null) : names, replayed },
  });
  if (body.variants === undefined && only !== undefined) return { kind: 'one', started: only };
  const items = started.map(({ run }, at) => ({ label: branches[at]?.label ?? '', run }));
  return { kind: 'several', answer: { items }, replayed };
}

/** Each branch counts once under a key of its own, made of the request's. */
function keyOf(runId: string, body: ForkRun, key: string | undefined, at: number): StartKey | undefined {
  if (key === undefined) return undefined;
  return startKey(at === 0 ? key : `${key}#${at + 1}`, { ...body, fork_of: runId });
}

/** The run that the branch has become already. @throws ConflictError `run_exists` */
async function runThere(
  scope: Scope,
  body: ForkRun,
  start: StartKey | undefined,
): Promise<Started | undefined> {
  const earlier = start === undefined ? undefined : await runOfKey(scope.store, start);
  const there = await projected(scope, earlier ?? body.id);
  if (there !== undefined && earlier === undefined) throw runExists(there.id);
  return there === undefined ? undefined : { run: runJson(there), replayed: true };
}

interface Ready {
  readonly branch: Branch;
  readonly checkpoint: CheckpointRow;
  readonly departing: Departing;
  readonly planned: Omit<Planned, 'runId' | 'start'>;
}

async function prepareAll(
  scope: Scope,
  runId: string,
  body: ForkRun,
  branches: readonly Branch[],
): Promise<readonly Ready[]> {
  const { checkpoint, departings, steps } = await departAll(scope, runId, body, branches);
  return Promise.all(
    departings.map(async ({ branch, departing }) => ({
      ...{ branch, checkpoint, departing },
      planned: await plannedOf(scope, body, branch, checkpoint, departing, steps),
    })),
  );
}

async function departAll(scope: Scope, runId: string, body: ForkRun, branches: readonly Branch[]) {
  const checkpoint = await findCheckpoint(scope, runId, body.checkpoint);
  const then = await stateOf(scope, checkpoint);
  const { from, reason, by, budget, files } = body;
  const limits = limitsOf(then, budget, branches.length);
  const departings: { readonly branch: Branch; readonly departing: Departing }[] = [];
  // One after the other: they are compiled beside each other's loop, and the first that is wrong is told.
  for (const branch of branches) {
    const departing = await depart(scope, checkpoint, then, {
      from,
      set: branch.set,
      reason,
      by,
      limits,
      files,
    });
    departings.push({ branch, departing });
  }
  const steps = await scope.store.all<TriedStepRow>(listTriedSteps(runId));
  return { checkpoint, departings, steps };
}

async function foretell(
  scope: Scope,
  runId: string,
  body: ForkRun,
  branches: readonly Branch[],
): Promise<ForkPreview> {
  const { checkpoint: row, departings, steps } = await departAll(scope, runId, body, branches);
  const forks = departings.map(({ branch: { label }, departing }) => ({
    label,
    preview: previewOf({ row, departing, steps, said: [], isFork: true }),
  }));
  return { dry_run: true, forks };
}

async function plannedOf(
  scope: Scope,
  { by }: ForkRun,
  { labels }: Branch,
  { execution_id, event_id }: CheckpointRow,
  departing: Departing,
  steps: readonly TriedStepRow[],
): Promise<Ready['planned']> {
  const { past, wanted, inputs, edited } = departing;
  const { name: workflow, version, hash: planHash, title } = past.plan;
  const envelope = {
    interpreter: past.interpreter,
    // One that was made for this is stored together with the run.
    plan: edited === null ? await planOf(scope, past.plan) : travellingPlan(past.plan),
    epoch: 0,
    labels: { ...past.labels, ...labels },
    startedBy: by ?? null,
    carry: past.carry(null, shownResults(departing, steps), departing.files),
    base: { executionId: execution_id, eventId: event_id },
    continue: wanted,
  };
  return { workflow, version, planHash, title, inputs, envelope: leanEnvelope(envelope, past.plan, inputs) };
}

/** A plan that only its parent was edited to is stored with the fork too: it is to be read when its parent is gone. */
async function planWith(scope: Scope, { edited, past }: Departing): Promise<EditedPlan | null> {
  const { plan } = past;
  if (edited !== null) return edited;
  const stored = await findStoredPlan(scope, plan);
  if (stored === undefined || stored.ordinal > 0) return null;
  return { plan, source: stored.source, format: stored.format };
}

async function claimed(
  { store }: Scope,
  { id }: ForkRun,
  { planned }: Ready,
  start: StartKey | undefined,
): Promise<Planned> {
  const wanted = id ?? newRunId(planned.workflow);
  const runId = start === undefined ? wanted : await claimKey(store, start, wanted);
  return { ...planned, runId, start };
}

/** A plan that was made for the branch is stored before whoever loads it can ask. */
async function start(
  scope: Scope,
  planned: { readonly ready: Ready; readonly as: Planned } | null,
): Promise<Started> {
  if (planned === null) throw new Error('the branch was not prepared');
  const { ready, as } = planned;
  const own = await planWith(scope, ready.departing);
  if (own !== null) await scope.store.all(addRunPlan(as.runId, own));
  return startPlanned(scope, as);
}
