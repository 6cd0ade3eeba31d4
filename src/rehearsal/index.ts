/** Rehearsals: runs played once more with what they have recorded. The only entry of this folder. Pure. */
export { expectedOf, rehearse, rehearseAgainst } from './compare.ts';
export type { Expected, Rehearsal } from './compare.ts';
export { play } from './play.ts';
export type { Played } from './play.ts';
