/**
 * What somebody wants to be other when a run goes on from a checkpoint, worked out and checked: inputs, plan, results,
 * limits. Nothing is written.
 */
import type { Settings } from '../../contract/checkpoint.ts';
import { ConflictError } from '../../errors/errors.ts';
import { canonicalJson } from '../../plan/canonical.ts';
import type { JsonObject } from '../../plan/json.ts';
import type { Limits } from '../../plan/plan.ts';
import type { FilesChoice, WantedFiles } from '../../protocol/snapshot.ts';
import type { Continuation } from '../../protocol/envelope.ts';
import { planEdit } from '../../protocol/plan-edit.ts';
import type { PlanEdit } from '../../protocol/plan-edit.ts';
import { readStoredPlan } from '../definitions/stored-plan.ts';
import type { EditedPlan } from '../editing/edited-plan.ts';
import { noSuchStep } from '../runs/step-not-found.ts';
import type { Services } from '../services.ts';
import { placeInputs } from '../starting/place-inputs.ts';
import { assertInputs } from '../starting/start-run.ts';
import type { CheckpointThen, Departure, GivenEnd } from '../state/read-checkpoint-state.ts';
import type { CheckpointRow } from '../views/checkpoint.ts';
import { givenResults } from './given-results.ts';
import { restoringFrom } from './going-on.ts';
import { setPlan, type SetPlan } from './set-plan.ts';

export interface Asking {
  readonly from?: string | undefined;
  readonly set: Settings;
  readonly reason?: string | undefined;
  readonly by?: string | undefined;
  /** Of the plan that the run shows, where it is set back in place. */
  readonly revision?: number;
  readonly limits?: Partial<Limits>;
  readonly files: FilesChoice;
  /** It goes on as another run does, that was forked from there. */
  readonly promoted?: Promoted | undefined;
}

/** A branch whose results become those of its parent. */
export interface Promoted {
  readonly run: string;
  /** As it stands. */
  readonly stands: CheckpointThen;
  /** Of all its steps that have come to one. */
  readonly ends: ReadonlyMap<string, GivenEnd>;
}

/** Ready to go on. */
export interface Departing {
  /** The state as it would have been so. */
  readonly past: CheckpointThen;
  readonly wanted: Continuation;
  readonly inputs: JsonObject;
  /** How the plan differs; null: it is that of the checkpoint. */
  readonly edit: PlanEdit | null;
  /** What becomes of the files in its workspace. */
  readonly files: FilesChoice;
  /** Whose files they become, and why they do not; null: it goes on as no other run. */
  readonly branch: { readonly run: string; readonly whyNot: string | null } | null;
  /** To be stored with the run; null: its plan is stored. */
  readonly edited: EditedPlan | null;
}

/**
 * @throws NotFoundError `step_not_found`, `workflow_not_found`, `version_not_found`; ConflictError `set_refused`,
 *   `plan_not_found`, `workspace_snapshot_missing`; InvalidError `invalid_request`; UnprocessableError `inputs_invalid`, `definition_invalid`;
 *   TooLargeError `inputs_too_large`
 */
export async function depart(
  services: Services,
  row: CheckpointRow,
  stood: CheckpointThen,
  asking: Asking,
): Promise<Departing> {
  const { from, promoted } = asking;
  const branchFiles = promoted === undefined ? null : filesOfBranch(promoted, asking.files);
  if (branchFiles?.brought == null) assertFiles(row, stood, asking.files);
  const set = promoted === undefined ? asking.set : { ...asking.set, inputs: othersOf(stood, promoted) };
  const wanted = restoringFrom(
    { run: row.run_id, checkpoint: row.number, from: from ?? null, at: stood.at },
    asking,
  );
  const fates = stood.fates(wanted);
  const isKept = (step: string) => fates.get(step) === 'kept';
  const other =
    promoted === undefined
      ? await setPlan(services, { runId: row.run_id, stood, set, from, isKept })
      : await planOfBranch(services, stood, promoted);
  const plan = other?.plan ?? stood.plan;
  if (from !== undefined && !plan.steps.some(({ key }) => key === from))
    throw await noSuchStep(services.store, row.run_id, from);
  const given = new Map([
    ...(promoted === undefined ? [] : ownEnds(stood, promoted)),
    ...givenResults(plan, set),
  ]);
  const departure = departureOf(stood, asking, other?.plan, given, branchFiles?.brought ?? undefined);
  const edit = other === null ? null : planEdit(stood.plan, other.plan);
  const names = Object.keys(set.inputs);
  const all: Continuation = {
    ...wanted,
    restored: {
      ...{ run: row.run_id, checkpoint: row.number, from: from ?? null, at: stood.at },
      ...(given.size > 0 && { given: [...given.keys()] }),
      ...(promoted !== undefined && { promoted: promoted.run }),
      ...(names.length > 0 && { inputs: names }),
      ...(edit !== null && { edit }),
    },
  };
  assertFits(row.run_id, stood, departure, all);
  const past = stood.departing(departure);
  return {
    past,
    wanted: all,
    inputs: await inputsOf(services, past, set),
    edit,
    files: asking.files,
    branch: promoted === undefined ? null : { run: promoted.run, whyNot: branchFiles?.whyNot ?? null },
    edited: other?.edited ?? null,
  };
}

/** @throws ConflictError `workspace_snapshot_missing` where they are known to be none that could be brought back */
function assertFiles(
  { run_id, number }: CheckpointRow,
  { files, plan }: CheckpointThen,
  choice: FilesChoice,
): void {
  if (choice === 'keep' || files.kind !== 'missing' || plan.workspace === null) return;
  const message =
    `The files of run "${run_id}" at checkpoint ${number} are not known. ${files.why.replace(/\.$/, '')}. Take another checkpoint, or leave ` +
    'the files as they are ("files": "keep").';
  throw new ConflictError('workspace_snapshot_missing', message);
}

/** The files of a branch that the run is to have, and why it has those of the checkpoint instead. */
interface BranchFiles {
  readonly brought: WantedFiles | null;
  readonly whyNot: string | null;
}

/** @throws ConflictError `workspace_snapshot_missing` where they are known to be none that could be brought */
function filesOfBranch({ run, stands }: Promoted, choice: FilesChoice): BranchFiles {
  const { plan, files, wantedFiles } = stands;
  if (plan.workspace === null || choice === 'keep') return { brought: null, whyNot: null };
  switch (files.kind) {
    case 'snapshot':
      return { brought: wantedFiles, whyNot: null };
    case 'none':
      return { brought: null, whyNot: `no step of run "${run}" has worked in its workspace` };
    case 'unknown':
      return { brought: null, whyNot: `no snapshots were taken in run "${run}"` };
    case 'missing': {
      const message =
        `The files of run "${run}" cannot be brought. ${files.why.replace(/\.$/, '')}. Wait for its next snapshot, or leave the ` +
        'files as they are ("files": "keep").';
      throw new ConflictError('workspace_snapshot_missing', message);
    }
  }
}

/** @returns null: it is that of the checkpoint. @throws ConflictError `plan_not_found` */
async function planOfBranch(
  services: Services,
  stood: CheckpointThen,
  { stands: { plan } }: Promoted,
): Promise<SetPlan | null> {
  if (plan.hash === stood.plan.hash) return null;
  const { source, format } = await readStoredPlan(services, plan);
  return { plan, edited: { plan, source, format } };
}

function othersOf({ inputs }: CheckpointThen, { stands }: Promoted): JsonObject {
  const others = Object.entries(stands.inputs).filter(
    ([name, value]) => canonicalJson(value) !== canonicalJson(inputs[name] ?? null),
  );
  return Object.fromEntries(others);
}

/** What the branch has taken over as it stood at the checkpoint stays as it is. */
function ownEnds(stood: CheckpointThen, { run, stands, ends }: Promoted): [string, GivenEnd][] {
  const isSame = (key: string) =>
    stood.steps[key]?.status === stands.steps[key]?.status &&
    stood.steps[key]?.completedAt === stands.steps[key]?.completedAt;
  const own = [...ends].filter(([key]) => !isSame(key));
  if (own.length > 0) return own;
  const message = `Run "${run}" has settled no step of its own so far: there is nothing to promote. Wait for it.`;
  throw new ConflictError('nothing_to_promote', message);
}

function departureOf(
  stood: CheckpointThen,
  { limits, revision = stood.revision }: Asking,
  plan: Departure['plan'],
  given: ReadonlyMap<string, GivenEnd>,
  files: WantedFiles | undefined,
): Departure {
  return {
    ...(files !== undefined && { files }),
    ...(plan !== undefined && { plan, revision: Math.max(revision, stood.revision) + 1 }),
    ...(given.size > 0 && { given }),
    ...(limits !== undefined && { limits }),
  };
}

/** What stays as it was must be the same step in the plan that is wanted, as with an edit. */
function assertFits(runId: string, stood: CheckpointThen, departure: Departure, wanted: Continuation): void {
  const faults = stood.faults(departure, wanted);
  const [first] = faults;
  if (first === undefined) return;
  const message =
    `Run "${runId}" cannot go on from there with this plan: ${first.why}. Say from which step on it is to be done anew, ` +
    'or take an earlier checkpoint.';
  const details = faults.map(({ code, why }) => ({ path: 'body.set', code, message: why }));
  throw new ConflictError('set_refused', message, details);
}

/** Those of the checkpoint, with what is other. @throws UnprocessableError `inputs_invalid` */
async function inputsOf(
  { store }: Services,
  { plan, inputs }: CheckpointThen,
  { inputs: others }: Settings,
): Promise<JsonObject> {
  if (Object.keys(others).length === 0) return inputs;
  const all = { ...inputs, ...(others as JsonObject) };
  assertInputs({ plan, workflow: plan.name, version: plan.version }, all);
  return placeInputs(store, plan, all);
}
