/** Figures of definitions in words: a dash where there is none, "unknown" where nobody knows. */
import type { CostSpread, StepStatistics, WorkflowStatistics } from '../api/generated.ts';
import { durationWords, moneyWords } from '../words/figures.ts';

const NONE = '–';

export function rateWords(rate: number | null): string {
  if (rate === null) return NONE;
  const percent = rate * 100;
  // What is not all of them is never told as 100%, and what is not none never as 0%.
  if (percent > 99 && percent < 100) return '>99%';
  if (percent > 0 && percent < 1) return '<1%';
  return `${Math.round(percent)}%`;
}

export function secondsWords(seconds: number | null): string {
  return seconds === null ? NONE : durationWords(seconds);
}

/** @param runs so many were counted: of none there is no cost, known or not */
export function costWords({ sum, unpriced }: Pick<CostSpread, 'sum' | 'unpriced'>, runs: number): string {
  if (runs === 0) return NONE;
  if (sum === null) return 'unknown';
  return unpriced === 0 ? moneyWords(sum) : `${moneyWords(sum)} +${unpriced}?`;
}

/** What the cost leaves out; undefined: nothing. */
export function unpricedWords({ unpriced }: Pick<CostSpread, 'unpriced'>): string | undefined {
  if (unpriced === 0) return undefined;
  return `The price of ${unpriced === 1 ? '1 run is' : `${unpriced} runs is`} unknown: not in the sum.`;
}

/** Time at work; where Baton itself did all the work, which takes none, from start to end. */
export function timeOf({
  active_seconds: active,
  duration_seconds: whole,
}: Pick<WorkflowStatistics, 'active_seconds' | 'duration_seconds'>): WorkflowStatistics['active_seconds'] {
  return active.p95 === 0 ? whole : active;
}

/** Half of the runs cost no more, and almost all of them. */
export function costSpreadWords({ p50, p95 }: Pick<CostSpread, 'p50' | 'p95'>): string | undefined {
  if (p50 === null || p95 === null) return undefined;
  return `A run costs ${moneyWords(Math.round(p50))} (p50), ${moneyWords(Math.round(p95))} (p95).`;
}

/** How a step went in the last runs, in a few words; undefined: it has not run. */
export function stepWordsOf({
  seconds,
  failure_rate: failed,
}: Pick<StepStatistics, 'seconds' | 'failure_rate'>) {
  // What takes no time needs no word.
  const time = seconds.p95 === null || seconds.p95 < 0.0005 ? [] : [`p95 ${durationWords(seconds.p95)}`];
  const faults = failed === null || failed === 0 ? [] : [`${rateWords(failed)} failed`];
  const words = [...time, ...faults].join(', ');
  return words === '' ? undefined : words;
}
