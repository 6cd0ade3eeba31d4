/** What others may use of maintenance: archives of ended runs, pruning, indexes, figures. */
export { archiveRuns } from './archive-runs.ts';
export type { Archived } from './archive-runs.ts';
export { endedRuns } from './ended-runs.ts';
export { exclusively } from './exclusively.ts';
export { growthReport } from './growth.ts';
export type { Growth } from './growth.ts';
export { importArchive } from './import-archive.ts';
export type { Imported } from './import-archive.ts';
export { prune } from './prune.ts';
export type { Pruned } from './prune.ts';
export { pruneAudit } from './prune-audit.ts';
export type { AuditPruned } from './prune-audit.ts';
export { reindex } from './reindex.ts';
export type { Reindexed } from './reindex.ts';
export { applyRetention } from './retention.ts';
export type { Retained } from './retention.ts';
export { keepSchedule, maintainWhenDue } from './schedule.ts';
