/** Ids of activities: `key#attempt`, of agents `key#attempt/turn` and `key#attempt/turn.index`. */

export function attemptId(key: string, attempt: number): string {
  return `${key}#${attempt}`;
}

export function turnId(key: string, attempt: number, turn: number): string {
  return `${key}#${attempt}/${turn}`;
}

export function toolId(key: string, attempt: number, turn: number, index: number): string {
  return `${key}#${attempt}/${turn}.${index}`;
}

/** What an id says beside its step. `index` null: a model call; `turn` null: no agent's. */
export interface ActivityAddress {
  readonly step: string;
  readonly attempt: number;
  readonly turn: number | null;
  readonly index: number | null;
}

const PATTERN = /^(.+)#(\d+)(?:\/(\d+)(?:\.(\d+))?)?$/s;

/** Takes an id apart; null for activities that are no step's. */
export function addressOf(id: string): ActivityAddress | null {
  const match = id.startsWith('$') ? null : PATTERN.exec(id);
  const [, step, attempt, turn, index] = match ?? [];
  if (step === undefined) return null;
  const numberOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  return { step, attempt: Number(attempt), turn: numberOf(turn), index: numberOf(index) };
}
