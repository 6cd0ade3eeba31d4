/**
 * Which entry of a script answers which call. Stateless: the first entry that fits answers, whoever asked before and
 * however often a worker was restarted.
 */
import type { Caller } from './provider.ts';
import type { Script, ScriptedCall } from './script.ts';

/** A call, with the model that is asked (`provider/model`) where that is known. */
export type AskedCall = Caller & { readonly asked?: string };

/** The entry that answers a call, or undefined. */
export function entryFor(script: Script, caller: AskedCall): ScriptedCall | undefined {
  return script.calls.find(
    ({ workflow, step, attempt, turn, asked }) =>
      (asked ?? caller.asked) === caller.asked &&
      step === caller.step &&
      (workflow ?? caller.workflow) === caller.workflow &&
      (attempt ?? caller.attempt) === caller.attempt &&
      (turn ?? caller.turn) === caller.turn,
  );
}

/** Entries that none of the calls has met, by {@link nameOf}. */
export function unconsumed(script: Script, calls: readonly AskedCall[]): string[] {
  const met = new Set(calls.map((call) => entryFor(script, call)));
  return script.calls.filter((entry) => !met.has(entry)).map(nameOf);
}

/** Calls that no entry answers, by {@link nameOf}. */
export function unexpected(script: Script, calls: readonly AskedCall[]): string[] {
  return calls.filter((call) => entryFor(script, call) === undefined).map(nameOf);
}

/** `workflow/step#attempt/turn`, with `*` for any. */
export function nameOf({ workflow, step, attempt, turn }: Caller | ScriptedCall): string {
  return `${workflow ?? '*'}/${step}#${attempt ?? '*'}/${turn ?? '*'}`;
}
