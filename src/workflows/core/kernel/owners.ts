/**
 * Whom open work belongs to, and the ids under which Temporal knows it.
 *
 *     plan             plan                 the loader of the run's plan
 *     outputs          $outputs#1           an attempt to put the outputs together
 *     workspace        $workspace#2         a generation of the directory that steps share
 *     attempt          build#1              an attempt of a step
 *     turn             code#1/3             a turn of an agent: a model call
 *     call             code#1/3.0           a call of a tool that the turn asked for
 *
 * {@link idOf} and {@link ownerOf} undo each other for every name of a step that does not begin with `$`, whatever else
 * stands in it. The ids stand in histories: they never change.
 */

/** Work of a step: its attempt, or a turn or a call within it. */
export type StepOwner =
  | { readonly type: 'attempt'; readonly step: string; readonly attempt: number }
  | { readonly type: 'turn'; readonly step: string; readonly attempt: number; readonly turn: number }
  | {
      readonly type: 'call';
      readonly step: string;
      readonly attempt: number;
      readonly turn: number;
      /** Place of the call among those of its turn. */
      readonly index: number;
    };

export type Owner =
  | { readonly type: 'plan' }
  | { readonly type: 'outputs'; readonly attempt: number }
  | { readonly type: 'workspace'; readonly generation: number }
  | StepOwner;

/** What stands in the place of a step's name where the outputs are worked on. */
export const OUTPUTS = '$outputs';
const WORKSPACE = '$workspace';
const PLAN = 'plan';

/** The id of the owner's activity. */
export function idOf(owner: Owner): string {
  switch (owner.type) {
    case 'plan':
      return PLAN;
    case 'outputs':
      return `${OUTPUTS}#${owner.attempt}`;
    case 'workspace':
      return `${WORKSPACE}#${owner.generation}`;
    case 'attempt':
      return `${owner.step}#${owner.attempt}`;
    case 'turn':
      return `${owner.step}#${owner.attempt}/${owner.turn}`;
    case 'call':
      return `${owner.step}#${owner.attempt}/${owner.turn}.${owner.index}`;
  }
}

const PATTERN = /^(.+)#(\d+)(?:\/(\d+)(?:\.(\d+))?)?$/s;

/** The owner that an id names; null for ids that are none of ours. */
export function ownerOf(id: string): Owner | null {
  if (id === PLAN) return { type: 'plan' };
  const [, step, first, second, third] = PATTERN.exec(id) ?? [];
  if (step === undefined) return null;
  const attempt = Number(first);
  if (step.startsWith('$')) return second === undefined ? ownerWithin(step, attempt) : null;
  if (second === undefined) return { type: 'attempt', step, attempt };
  const turn = Number(second);
  if (third === undefined) return { type: 'turn', step, attempt, turn };
  return { type: 'call', step, attempt, turn, index: Number(third) };
}

function ownerWithin(name: string, number: number): Owner | null {
  if (name === OUTPUTS) return { type: 'outputs', attempt: number };
  return name === WORKSPACE ? { type: 'workspace', generation: number } : null;
}

/** The step that the work is of; null for the run's own. */
export function stepOfOwner(owner: Owner): string | null {
  return 'step' in owner ? owner.step : null;
}
