/** Removes the working directories of runs that ended long ago, those that stand in this machine's BATON_HOME. */
import type { Database } from '../../database/database.ts';

export interface Tidied {
  /** Runs whose directory was removed, or would be. */
  readonly runs: readonly string[];
  /** Directories that stay: of open or young runs, and of runs that this database does not know. */
  readonly kept: number;
}

export async function tidyWorkspaces(
  database: Database,
  home: string,
  olderThanMs: number,
  dryRun: boolean,
): Promise<Tidied> {
  const { listWorkspaces, removeWorkspace } = await import('../../activities/workspace/kept-workspaces.ts');
  const { endedRuns } = await import('../../maintenance/index.ts');
  const all = (await listWorkspaces(home)).map(({ runId }) => runId);
  const runs = await endedRuns(database, all, olderThanMs);
  if (!dryRun) for (const run of runs) await removeWorkspace(home, run);
  return { runs, kept: all.length - runs.length };
}
