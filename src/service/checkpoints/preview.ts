/** What would become of a run that is set back to one of its checkpoints. Pure. */
import type { RestorePreview } from '../../contract/checkpoint.ts';
import type { PlanEdit } from '../../protocol/plan-edit.ts';
import { SETTLED_STEP_STATUSES } from '../../protocol/status.ts';
import { checkpointJson, type CheckpointRow } from '../views/checkpoint.ts';
import type { Departing } from './depart.ts';
import type { SaidRow } from './queries/list-said-since.ts';
import type { TriedStepRow } from './queries/list-tried-steps.ts';

const SETTLED: ReadonlySet<string> = new Set(SETTLED_STEP_STATUSES);
const NEVER: Pick<TriedStepRow, 'status' | 'attempt'> = { status: 'pending', attempt: 0 };

interface Facts {
  readonly row: CheckpointRow;
  readonly departing: Departing;
  /** As they stand now. */
  readonly steps: readonly TriedStepRow[];
  readonly said: readonly SaidRow[];
  /** Another run goes on from there: what this one has done since stays done, and its effects come a second time. */
  readonly isFork: boolean;
}

export function previewOf({ row, departing, steps, said, isFork }: Facts): RestorePreview {
  const { past, wanted, edit } = departing;
  const fates = past.fates(wanted);
  const now = new Map(steps.map((step) => [step.key, step]));
  const keys = past.plan.steps.map(({ key }) => key);
  const stood = (key: string) => past.steps[key] ?? NEVER;
  const stands = (key: string) => now.get(key) ?? NEVER;
  const open = keys.filter((key) => fates.get(key) !== 'kept');
  const begun = open.filter((key) => stood(key).attempt > 0 || stands(key).attempt > 0);
  const again = isFork ? open.filter((key) => stood(key).attempt > 0) : begun;
  const isDropped = (key: string) => SETTLED.has(stands(key).status) && !SETTLED.has(stood(key).status);
  return {
    checkpoint: checkpointJson(row),
    kept: keys.filter((key) => fates.get(key) === 'kept'),
    runs_again: again,
    dropped: isFork ? [] : open.filter(isDropped),
    may_repeat: begun.filter((key) => past.acting.has(key)),
    given: [...(wanted.restored?.given ?? [])],
    inputs: [...(wanted.restored?.inputs ?? [])],
    plan: edit === null ? null : { hash: past.plan.hash, ...editJson(edit) },
    files: filesFate(departing, fates, isFork),
    messages: said.map((message) => ({ ...message })),
  };
}

const OVER = 'no step that is still to be done works with files';

function filesFate(
  { past: { plan, files }, files: choice, branch }: Departing,
  fates: ReturnType<Departing['past']['fates']>,
  isFork: boolean,
): RestorePreview['files'] {
  if (plan.workspace === null) return null;
  const isOver = plan.steps.every(({ key, workspace }) => !workspace || fates.get(key) === 'kept');
  if (branch !== null && choice === 'restore' && isOver)
    return { what: 'stay', commit: null, kept: false, run: null, why_not: OVER };
  const whyNot = branch?.whyNot ?? null;
  const isBranchs = branch !== null && choice === 'restore' && whyNot === null;
  const whose = { run: isBranchs ? branch.run : null, why_not: whyNot };
  if (choice === 'restore' && files.kind === 'snapshot')
    return { what: 'back', commit: files.commit, kept: files.isKept, ...whose };
  const isAnew = isFork || (choice === 'restore' && files.kind === 'none');
  return { what: isAnew ? 'anew' : 'stay', commit: null, kept: false, ...whose };
}

function editJson({ added, removed, changed, rewired, members }: PlanEdit) {
  return {
    added: [...added],
    removed: [...removed],
    changed: changed.map(({ name, members: of }) => ({ step: name, members: [...of] })),
    rewired: [...rewired],
    members: [...members],
  };
}

/** What the tables show of results that the state has too: they know it over all its executions. */
export function shownResults(
  { past }: Departing,
  steps: readonly TriedStepRow[],
): ReadonlyMap<string, string> {
  const shown = steps.flatMap(({ key, status, completed_at, output_preview }) => {
    const step = past.steps[key];
    const isSame = step?.status === status && step.completedAt === completed_at?.getTime();
    return isSame && output_preview !== null ? [[key, output_preview] as const] : [];
  });
  return new Map(shown);
}
