/** Where an activity stands in its run, as its id says. */

/** A step's attempt; of agents also the turn, and of tools the place of the call in it. */
export interface ActivityAddress {
  readonly step: string;
  readonly attempt: number;
  readonly turn: number | null;
  readonly index: number | null;
}

const FORM = /^([^$].*)#(\d+)(?:\/(\d+)(?:\.(\d+))?)?$/s;
/** Activities of the run itself, whatever their ids look like. */
const RUNS_OWN: ReadonlySet<string> = new Set(['plan', 'workspace']);

/** `key#attempt`, `key#attempt/turn`, `key#attempt/turn.index`; null for activities that are no step's. */
export function addressOf(id: string, activityType: string): ActivityAddress | null {
  const found = RUNS_OWN.has(activityType) ? null : FORM.exec(id);
  const [, step, attempt, turn, index] = found ?? [];
  if (step === undefined || attempt === undefined) return null;
  return { step, attempt: Number(attempt), turn: numberOf(turn), index: numberOf(index) };
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}
