/**
 * Steps that run anew within their epoch, since a person wants it.
 *
 * Attempts are numbered on, so no activity has the id of another. Everything else counts from its beginning: retries, turns,
 * the agent's conversation. Keys of effects, and ids of questions, therefore say after which attempt the step began anew:
 * no key is used twice, and nothing that was done before answers for what is to be done.
 */
import type { Address } from '../../../plan/address.ts';
import type { Draft } from '../kernel/draft.ts';
import { newStep } from '../kernel/state.ts';
import type { StepState } from '../kernel/state.ts';

/** The step as it was before it had begun, but for its numbers, and for whoever holds it. */
export function anewStep({ attempt, agent, anew, held }: StepState): StepState {
  const fresh = held === undefined ? newStep() : { ...newStep(), held };
  if (attempt === 0) return fresh;
  const segment = agent?.segment.number ?? anew?.segment;
  return { ...fresh, attempt, anew: { attempt, ...(segment === undefined ? {} : { segment }) } };
}

/** The number of its last try; 0: there was none, or none since it is to run anew. */
export function lastTryOf({ attempt, anew }: Pick<StepState, 'attempt' | 'anew'>): number {
  return attempt === anew?.attempt ? 0 : attempt;
}

/** What keys of effects begin with. @param epoch in which the effect was first asked for */
export function effectsOf({ state, steps }: Draft, step: Address, epoch = state.run.epoch): string {
  return `${state.run.id}/${epoch}/${step}${beginningOf(steps[step])}`;
}

/** Tells what a step does from what it had done before it began anew. */
export function beginningOf(step: Pick<StepState, 'anew'> | undefined): string {
  return step?.anew === undefined ? '' : `/r${step.anew.attempt}`;
}
