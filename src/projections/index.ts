/** What others may use of the projections: the projector itself, verification, rebuilding, figures. */
export { registry } from './metrics/metrics.ts';
export { runProjector } from './projector.ts';
export { rebuildRun, rebuildRuns, rebuildWithin } from './rebuild.ts';
export type { Rebuilt } from './rebuild.ts';
export { verifyRun, verifyRuns } from './verify.ts';
export type { Difference } from './table-difference.ts';
export type { Verification, VerifyOptions } from './verify.ts';
