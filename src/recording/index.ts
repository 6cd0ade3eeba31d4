/** What runs have recorded, as far as it takes to play them once more. The only entry of this folder. Pure. */
export { record } from './record.ts';
export { definitionOf } from './recording.ts';
export type { RecordedStep, Recording } from './recording.ts';
