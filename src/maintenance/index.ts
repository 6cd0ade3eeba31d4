/** What others may use of maintenance: archives of ended runs and what they are made of, pruning, indexes, figures. */
export { archiveRuns } from './archive-runs.ts';
export type { Archived } from './archive-runs.ts';
export { endedRuns } from './ended-runs.ts';
export { exclusively } from './exclusively.ts';
export { growthReport } from './growth.ts';
export type { Growth } from './growth.ts';
export { linesOf } from './json-lines.ts';
export { importArchive } from './import-archive.ts';
export type { Imported } from './import-archive.ts';
export { RowBatch } from './row-batch.ts';
export { referencesOf, runRows } from './run-rows.ts';
export type { ArchivedRow, RowSource } from './run-rows.ts';
export { prune } from './prune.ts';
export type { Pruned } from './prune.ts';
export { reindex } from './reindex.ts';
export type { Reindexed } from './reindex.ts';
