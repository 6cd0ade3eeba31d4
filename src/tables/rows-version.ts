/**
 * The version of what a run's rows say. Each run carries the version that its rows were written in; rows of an older one
 * are written anew from the stored events, in the background (`src/projections/rebuild/renew-rows.ts`).
 *
 * | version | what it changed                                                                     |
 * | ------- | ----------------------------------------------------------------------------------- |
 * | 0       | everything that was written before there were versions                              |
 * | 1       | every run has its working time, every message its digest; steps are named by address |
 * | 2       | every task in which a step settled is a checkpoint, with its number and figures      |
 * | 3       | steps say under which revision of the plan they began                                |
 * | 4       | events of steps say under which revision of the plan they happened                   |
 *
 * To be raised whenever the fold makes other rows of a history that is stored already.
 */
export const ROWS_VERSION = 4;
