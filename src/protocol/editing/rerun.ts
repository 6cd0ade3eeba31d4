/**
 * Steps of a live run that are to run anew, as an edit may ask: those that are named, and all that depends on them and has
 * begun. One rule for the run itself, which decides, and for whoever wants to know beforehand. Pure.
 */
import type { Plan } from '../../plan/plan.ts';
import { hasBegun } from '../plan-edit.ts';
import type { EditFault, Standing } from '../plan-edit.ts';

/** Most steps that are named at once: no plan has more. */
export const MAX_RERUN = 2_000;

/** How a step stands that may have to run anew. */
export interface RerunStanding extends Standing {
  /** It is at work, or was stopped in the middle of it and is waited for. */
  readonly isAtWork: boolean;
  /** Its end is a person's word. */
  readonly isDecided: boolean;
}

export interface Rerun {
  readonly before: Plan;
  readonly after: Plan;
  readonly named: readonly string[];
  readonly standing: (key: string) => RerunStanding | undefined;
  /** The step whose failure is ending the run; null: none is. */
  readonly failedBy: string | null;
}

interface RerunSteps {
  /** All that run anew, in the order of the plan. */
  readonly again: readonly string[];
  /** What speaks against it; empty when it may be. */
  readonly faults: readonly EditFault[];
}

export function rerunSteps(rerun: Rerun): RerunSteps {
  const { before, after, named, standing, failedBy } = rerun;
  if (named.length === 0) return { again: [], faults: [] };
  const affected = dependentsOf([before, after], named);
  const again = after.steps
    .map(({ key }) => key)
    .filter((key) => affected.has(key) && isBegun(standing(key)));
  const ending =
    failedBy === null
      ? []
      : [
          notRerunnable(
            failedBy,
            `the run is ending: step "${failedBy}" failed; continue or restore it then`,
          ),
        ];
  return { again, faults: [...ending, ...namedFaults(rerun), ...againFaults(rerun, again)] };
}

/** How a step stands once it is set back. */
export function setBack({ attempt, hasRun }: Standing): Standing {
  return { status: 'pending', attempt: 0, hasRun: hasRun ?? attempt > 0 };
}

function namedFaults({ after, named, standing }: Rerun): EditFault[] {
  const known = new Set(after.steps.map(({ key }) => key));
  return named.flatMap((key) => {
    if (!known.has(key)) return [notRerunnable(key, `there is no step "${key}" in the plan`)];
    return isBegun(standing(key)) ? [] : [notRerunnable(key, `step "${key}" has not begun: it runs anyway`)];
  });
}

function againFaults({ before, after, named, standing }: Rerun, again: readonly string[]): EditFault[] {
  const asked = new Set(named);
  const running = new Set([...before.steps, ...after.steps].flatMap((step) => (step.body ? [step.key] : [])));
  return again.flatMap((key): EditFault[] => {
    const step = standing(key);
    if (step?.isAtWork === true) return [{ code: 'step_started', step: key, why: atWorkText(key, step) }];
    if (running.has(key))
      return [notRerunnable(key, `step "${key}" runs others inside: restore the run from it instead`)];
    if (step?.isDecided !== true || asked.has(key)) return [];
    const why = `step "${key}" ended so by a person's word, and depends on what would run anew: name it in \`rerun\` too`;
    return [{ code: 'step_decided', step: key, why }];
  });
}

function atWorkText(key: string, { status }: RerunStanding): string {
  const how =
    status === 'waiting'
      ? 'answer what it asks, or skip it'
      : 'wait for its end, or pause the run with mode "now" and skip it';
  const is = status === 'running' || status === 'waiting' ? `is ${status}` : 'is at work';
  return `step "${key}" cannot run anew: it ${is}; ${how}`;
}

/** They, and all that depends on them in one of the plans. */
function dependentsOf(plans: readonly Plan[], keys: readonly string[]): ReadonlySet<string> {
  const readers = new Map<string, string[]>();
  for (const { key, dependencies } of plans.flatMap(({ steps }) => steps)) {
    for (const dependency of dependencies) {
      const known = readers.get(dependency);
      if (known === undefined) readers.set(dependency, [key]);
      else known.push(key);
    }
  }
  const found = new Set<string>();
  const waiting = [...keys];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    if (found.has(key)) continue;
    found.add(key);
    waiting.push(...(readers.get(key) ?? []));
  }
  return found;
}

const isBegun = (step: Standing | undefined): boolean => step !== undefined && hasBegun(step);

function notRerunnable(step: string, why: string): EditFault {
  return { code: 'not_rerunnable', step, why };
}
