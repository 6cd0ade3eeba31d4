/** What a run waits for at the moment, and how far it is, as JSON beside the run. */
import { blankOf } from '../../contract/shared/blank.ts';
import { Waiting, type Run, type RunNow } from '../../contract/run.ts';
import { runJson, type RunRow } from './run.ts';
import { isoOrNull } from './time.ts';

/** As `runs/queries/run-now.ts` answers it: only the members that the kind has, times in Postgres' form. */
export interface RunNowRow {
  readonly waiting_for: readonly (Partial<Waiting> & Pick<Waiting, 'kind'>)[] | null;
  readonly progress: RunNow['progress'];
  readonly forks: RunNow['forks'] | null;
}

/** A row with all of it. */
export function runNowJson(row: RunRow & RunNowRow): RunNow {
  const { waiting_for, progress, forks, ...run } = row;
  return withNow(runJson(run), { waiting_for, progress, forks });
}

/** @param now undefined: nothing is known of it yet */
export function withNow(run: Run, now: RunNowRow | undefined): RunNow {
  const waiting_for = (now?.waiting_for ?? []).map(waitingJson);
  return { ...run, waiting_for, progress: now?.progress ?? null, forks: now?.forks ?? [] };
}

const NOTHING = blankOf(Waiting.omit({ kind: true }));

function waitingJson(told: NonNullable<RunNowRow['waiting_for']>[number]): Waiting {
  return {
    ...NOTHING,
    ...told,
    since: isoOrNull(told.since ?? null),
    until: isoOrNull(told.until ?? null),
  };
}
