/**
 * Compares how a changed plan would go with how a run went: whether it takes the same path, where the paths part first and
 * what the deciding condition saw, and what would not work any more.
 */
import { canonicalJson, jsonEqual } from '../plan/canonical.ts';
import type { Json } from '../plan/json.ts';
import type { Plan } from '../plan/plan.ts';
import type { ConditionSeen } from '../workflows/core/index.ts';
import { play } from './play.ts';
import type { Break, Played } from './play.ts';
import { definitionOf } from '../recording/index.ts';
import type { Recording } from '../recording/index.ts';

/**
 * `same`: the same path; `expected`: it parts at a step that the new definition has changed; `parts`: elsewhere;
 * `breaks`: something would not work that did.
 */
type Verdict = 'same' | 'expected' | 'parts' | 'breaks';

export interface Rehearsal {
  readonly run: string;
  readonly verdict: Verdict;
  /** Steps that the new plan has and the run did not, and the other way round. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Steps that do something else now: that their results would be the recorded ones is assumed. */
  readonly assumed: readonly string[];
  /** Steps that would run and have no recorded result, and steps that read of these. */
  readonly unknown: readonly string[];
  readonly uncertain: readonly string[];
  readonly difference: Difference | null;
  readonly breaks: readonly Break[];
  /** Whether the output would be the same; null: neither has one. */
  readonly same_output: boolean | null;
}

/** The first step, in the order of the plan, that would end otherwise. */
interface Difference {
  readonly step: string;
  readonly was: string;
  readonly is: string;
  readonly reason: string | null;
  /** The step's `when` as it would be asked, and as it was; null: it would not, or was not. */
  readonly condition: ConditionSeen | null;
  readonly former_condition: ConditionSeen | null;
}

/** How a run is to go. */
export interface Expected {
  readonly status: 'completed' | 'failed';
  /** How each step ends. */
  readonly path: Readonly<Record<string, string>>;
  readonly output: Json;
}

/** How a run went: as its own plan plays it, else as it is told. */
interface Former extends Pick<Played, 'conditions' | 'breaks' | 'output' | 'status'> {
  readonly statuses: Expected['path'];
}

/** @param own the plan that the run had; null: nobody knows it */
export function rehearse(plan: Plan, recording: Recording, own: Plan | null): Rehearsal {
  const former = own === null ? toldBy(recording) : play(own, recording);
  const before = own === null ? null : new Map(own.steps.map((step) => [step.key, fullText(step)]));
  const isChanged = (key: string): boolean => {
    const now = plan.steps.find((step) => step.key === key);
    return before !== null && now !== undefined && before.get(key) !== fullText(now);
  };
  return compared(plan, recording, former, isChanged);
}

/** Against what is expected: wherever the path parts, or the output is another, it is not as expected. */
export function rehearseAgainst(plan: Plan, recording: Recording, expected: Expected): Rehearsal {
  const { status, path: statuses, output } = expected;
  const former = { statuses, output, status, conditions: {}, breaks: [] };
  const rehearsal = compared(plan, recording, former, () => false);
  const isOther = rehearsal.verdict === 'same' && rehearsal.same_output === false;
  return isOther ? { ...rehearsal, verdict: 'parts' } : rehearsal;
}

function compared(
  plan: Plan,
  recording: Recording,
  former: Former,
  isChanged: (key: string) => boolean,
): Rehearsal {
  const played = play(plan, recording);
  const keys = plan.steps.map(({ key }) => key);
  const known = new Set(Object.keys(former.statuses));
  const first = keys.find((key) => known.has(key) && former.statuses[key] !== played.statuses[key]);
  const breaks = played.breaks.filter(
    ({ step, message }) => !former.breaks.some((one) => one.step === step && one.message === message),
  );
  const parts = first === undefined ? 'same' : isChanged(first) ? 'expected' : 'parts';
  return {
    run: recording.run,
    verdict: breaks.length > 0 ? 'breaks' : parts,
    added: keys.filter((key) => !known.has(key)),
    removed: [...known].filter((key) => !keys.includes(key)),
    assumed: plan.steps.filter((step) => isAssumed(step, recording)).map(({ key }) => key),
    unknown: played.unknown,
    uncertain: played.uncertain,
    difference: first === undefined ? null : differenceAt(first, former, played),
    breaks,
    same_output: sameOutput(former, played),
  };
}

function differenceAt(step: string, former: Former, played: Played): Difference {
  return {
    step,
    was: former.statuses[step] ?? '',
    is: played.statuses[step] ?? '',
    reason: played.reasons[step] ?? null,
    condition: played.conditions[step] ?? null,
    former_condition: former.conditions[step] ?? null,
  };
}

function sameOutput(former: Former, played: Played): boolean | null {
  if (former.status !== 'completed' && played.status !== 'completed') return null;
  return former.status === played.status && jsonEqual(former.output, played.output);
}

/** What is the same in two texts of one step. What others read of its result is none of its own. */
function fullText(step: Plan['steps'][number]): string {
  return canonicalJson({ ...step, level: 0, keep: [] } as unknown as Json);
}

function toldBy(recording: Recording): Former {
  const { path: statuses, ...rest } = expectedOf(recording);
  return { ...rest, statuses, conditions: {}, breaks: [] };
}

function isAssumed(step: Plan['steps'][number], { steps }: Recording): boolean {
  const recorded = Object.hasOwn(steps, step.key) ? steps[step.key] : undefined;
  if (step.kind === 'transform' || recorded?.status !== 'completed') return false;
  return recorded.definition !== undefined && recorded.definition !== definitionOf(step);
}

/** How a run went that nobody knows the plan of. Steps that did not end by themselves are no part of its path. */
export function expectedOf({ steps, output, status }: Recording): Expected {
  const ended = Object.entries(steps).filter(([, step]) => IN_PATH.has(step.status));
  const path = Object.fromEntries(ended.map(([key, step]) => [key, step.status]));
  return { status: status === 'completed' ? 'completed' : 'failed', path, output };
}

const IN_PATH: ReadonlySet<string> = new Set(['completed', 'failed', 'skipped']);
