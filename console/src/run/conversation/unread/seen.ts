/**
 * How far this browser has seen the conversations of runs, of the newest 200 that it was at. Nothing depends on it:
 * where the browser keeps nothing, nothing is unread.
 */
const KEY = 'baton.seen';
const MOST_RUNS = 200;

type Seen = readonly (readonly [runId: string, seq: number])[];

/** `seq` of the newest entry that was seen; undefined: nobody was here. */
export function seenOf(runId: string): number | undefined {
  return read().find(([id]) => id === runId)?.[1];
}

export function see(runId: string, seq: number): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(withSeen(read(), runId, seq)));
  } catch {
    // Nothing is kept here.
  }
}

/** The run that was seen last stands last. Pure. */
export function withSeen(seen: Seen, runId: string, seq: number): Seen {
  return [...seen.filter(([id]) => id !== runId), [runId, seq] as const].slice(-MOST_RUNS);
}

/** What was written by somebody else is as if it were not there. Pure. */
export function seenIn(text: string | null): Seen {
  try {
    const parsed: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(parsed) ? parsed.filter(isPair) : [];
  } catch {
    return [];
  }
}

function isPair(one: unknown): one is Seen[number] {
  return Array.isArray(one) && typeof one[0] === 'string' && Number.isSafeInteger(one[1]);
}

function read(): Seen {
  try {
    return seenIn(localStorage.getItem(KEY));
  } catch {
    return [];
  }
}
