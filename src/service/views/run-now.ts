/** What a run waits for at the moment, and how far it is, as JSON beside the run. */
import { blankOf } from '../../contract/shared/blank.ts';
import { Waiting, type Run, type RunNow } from '../../contract/run.ts';
import { runJson, type RunRow } from './run.ts';
import { isoOrNull } from './time.ts';

/** As `runs/queries/run-now.ts` answers it: only the members that the kind has, times in Postgres' form. */
export interface RunNowRow {
  readonly waiting_for: readonly (Partial<Waiting> & Pick<Waiting, 'kind'>)[] | null;
  readonly progress: RunNow['progress'];
}

/** A row with both. */
export function runNowJson(row: RunRow & RunNowRow): RunNow {
  const { waiting_for, progress, ...run } = row;
  return withNow(runJson(run), { waiting_for, progress });
}

/** @param now undefined: nothing is known of it, as of a run that has ended. */
export function withNow(run: Run, now: RunNowRow | undefined): RunNow {
  return { ...run, waiting_for: (now?.waiting_for ?? []).map(waitingJson), progress: now?.progress ?? null };
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
