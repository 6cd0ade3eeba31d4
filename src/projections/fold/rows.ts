/** The rows that the fold makes; their tables are told in `src/tables`. Times are ISO texts in UTC. */
import type { ProjectedRows } from '../../tables/projected/index.ts';
import { NOTHING_ENDED, type Ended } from './record/endings.ts';
import type { RunRow } from '../../tables/projected/workflow-runs.ts';

/** What has changed: rows to be inserted or replaced, and rows to be added (events, checkpoints). */
export interface Changes extends Omit<ProjectedRows, 'runs'> {
  readonly run: RunRow | null;
  /** Of each of `events`: how many events led to it, one after the other. */
  readonly causeDepths: readonly number[];
  /** What has come to its end with it. */
  readonly ended: Ended;
}

export const NO_CHANGES: Changes = {
  run: null,
  steps: [],
  attempts: [],
  calls: [],
  questions: [],
  events: [],
  messages: [],
  checkpoints: [],
  causeDepths: [],
  ended: NOTHING_ENDED,
};

/** The years that rows can hold; a forged state may tell of others. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T00:00:00Z');

/** A time as rows hold it. @param ms since 1970 */
export function timeOf(ms: number): string {
  if (ms === newest.ms) return newest.text;
  const told = Math.min(Math.max(Math.trunc(ms), FIRST_MS), LAST_MS);
  const fraction = ((told % 1000) + 1000) % 1000;
  const second = told - fraction;
  if (second !== newest.second)
    newest = { ...newest, second, head: new Date(second).toISOString().slice(0, -4) };
  newest.ms = ms;
  newest.text = `${newest.head}${String(fraction).padStart(3, '0')}Z`;
  return newest.text;
}

/** Rows that follow each other have one time, or one second: writing it out is what a fold would otherwise mostly do. */
let newest = { ms: 0, text: new Date(0).toISOString(), second: 0, head: '1970-01-01T00:00:00.' };
