/** How the steps of a run stand, as far as the tables know: what the rules of edits ask. */
import type { Plan } from '../../plan/plan.ts';
import { rerunSteps } from '../../protocol/editing/rerun.ts';
import type { RerunStanding } from '../../protocol/editing/rerun.ts';
import { isLimitError } from '../../protocol/limits.ts';
import { hasBegun } from '../../protocol/plan-edit.ts';
import type { Services } from '../services.ts';
import { listDecided, type DecidedRow } from './queries/list-decided.ts';
import { listStandings, type StandingRow } from './queries/list-standings.ts';

export interface Standings {
  of(key: string): RerunStanding | undefined;
  hasBegun(key: string): boolean;
  /** What is to run anew of a plan, and of the one that takes its place; and what speaks against it. */
  rerun(before: Plan, after: Plan, named: readonly string[]): ReturnType<typeof rerunSteps>;
}

/** @param asks whether steps are to run anew: only then it is looked up which of them people have decided */
export async function readStandings({ store }: Services, runId: string, asks: boolean): Promise<Standings> {
  const rows = await store.all<StandingRow>(listStandings(runId));
  const keys = asks ? rows.map(({ key }) => key) : [];
  const told = keys.length === 0 ? [] : await store.all<DecidedRow>(listDecided(runId, keys));
  const decided = new Set(told.flatMap((row) => (row.decided ? [row.key] : [])));
  const known = new Map(
    rows
      .filter(({ status }) => status !== 'superseded')
      .map((row) => [row.key, standingOf(row, decided.has(row.key))]),
  );
  const of = (key: string) => known.get(key);
  return {
    of,
    hasBegun: (key) => {
      const standing = of(key);
      return standing !== undefined && hasBegun(standing);
    },
    rerun: (before, after, named) =>
      rerunSteps({ before, after, named, standing: of, failedBy: failedBy(before, rows) }),
  };
}

function standingOf(row: StandingRow, isDecided: boolean): RerunStanding {
  const { status, attempt } = row;
  const hasRun = row.has_run || attempt > 0;
  const isAtWork = status === 'running' || status === 'waiting';
  return { status: status as RerunStanding['status'], attempt, hasRun, isAtWork, isDecided };
}

function failedBy({ failure }: Plan, rows: readonly StandingRow[]): string | null {
  if (failure !== 'fast') return null;
  const failed = rows.find(
    ({ status, tolerated, error }) => status === 'failed' && !tolerated && !isLimitError(error ?? ''),
  );
  return failed?.key ?? null;
}
