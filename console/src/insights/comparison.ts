/** By how much a figure has changed since the period before, in words. Pure. */
import { lengthWords, type Period } from './period.ts';

interface Figures {
  /** Null: not known, or there is none. */
  readonly now: number | null;
  readonly before: number | null;
}

/**
 * `12 more than in the 7 days before, +20%`; undefined: there is nothing to compare.
 *
 * @param words a difference in words
 */
export function differenceWords(
  { now, before }: Figures,
  period: Period,
  words: (value: number) => string,
): string | undefined {
  if (now === null || before === null) return undefined;
  const there = `in the ${lengthWords(period)} before`;
  const change = now - before;
  if (change === 0) return now === 0 ? undefined : `as ${there}`;
  if (before === 0) return `none ${there}`;
  const share = Math.round((Math.abs(change) / before) * 100);
  const sign = change > 0 ? '+' : '−';
  return `${words(Math.abs(change))} ${change > 0 ? 'more' : 'less'} than ${there}${share === 0 ? '' : `, ${sign}${share}%`}`;
}
