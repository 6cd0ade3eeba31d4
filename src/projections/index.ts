/** What others may use of the projections: the projector itself, verification, rebuilding, figures. */
export { EventFold, readEvent } from './event-fold.ts';
export type { ReadEvent } from './event-fold.ts';
export { difference } from './fold/difference.ts';
export { registry } from './metrics/metrics.ts';
export { runProjector } from './projector.ts';
export { rebuildRun, rebuildRuns, rebuildWithin } from './rebuild/rebuild-run.ts';
export { countOutdated, renewRuns } from './rebuild/renew-run.ts';
export type { Rebuilt } from './rebuild/rebuild-run.ts';
export { verifyRun, verifyRuns } from './verify/verify-run.ts';
export type { Difference } from './verify/table-difference.ts';
export type { Verification, VerifyOptions } from './verify/verify-run.ts';
