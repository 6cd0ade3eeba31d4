/** One command to each of many runs, some at a time: who has it, who refused it, who is left. Pure. */
export const AT_ONCE = 8;

export interface Result {
  readonly run: string;
  /** Null: done. */
  readonly fault: string | null;
  /** It came there and was said no to: nothing of it is under way. */
  readonly refused?: boolean;
  /** Where something came of it, such as another run. */
  readonly made?: string | undefined;
}

export interface Progress {
  readonly total: number;
  readonly results: readonly Result[];
}

/** @returns the id of what was made, if anything was. Throws: it was refused. */
export type Send = (run: string) => Promise<string | undefined>;

/** Sends to all of them; told after each. Ends early when it is aborted: what was sent stays sent. */
export async function sendToAll(
  runs: readonly string[],
  send: Send,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const results: Result[] = [];
  const waiting = runs.values();
  const sender = async () => {
    for (const run of waiting) {
      if (signal.aborted) return;
      results.push(await resultOf(run, send));
      tell({ total: runs.length, results: [...results] });
    }
  };
  tell({ total: runs.length, results });
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, runs.length) }, sender));
}

async function resultOf(run: string, send: Send): Promise<Result> {
  try {
    return { run, fault: null, made: await send(run) };
  } catch (error) {
    const refused = statusOf(error) < 500;
    return { run, fault: error instanceof Error ? error.message : String(error), refused };
  }
}

/** Of what did not come there: as if the server were away. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : Number.NaN;
  return Number.isNaN(status) ? 503 : status;
}

export function failuresOf({ results }: Progress): readonly Result[] {
  return results.filter(({ fault }) => fault !== null);
}
