/**
 * Whether a vendor's figures of one call fit together, and what counts where they do not. Figures are never negative and
 * never made up: what nobody said is null. What was put right is named in a note, for whoever compares with a bill.
 */
import type { UsageNote } from '../../protocol/usage.ts';

/** As they were told; null = not told. */
export interface Figures {
  /** With cached ones. */
  readonly input: number | null;
  readonly output: number | null;
  readonly total: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  readonly reasoning: number | null;
  /** Some were no counts (negative, fractions, words, absurdly large), and are taken as not told. */
  readonly unusable: boolean;
}

/** Tokens of a call, such as they count. */
export interface Tokens {
  /** All input tokens, cached ones included; null when nobody knows. */
  readonly input: number | null;
  /** With reasoning. */
  readonly output: number | null;
  /** Input and output, unless the vendor's own total is another. */
  readonly total?: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
  readonly note?: UsageNote;
}

interface Sums {
  readonly input: number | null;
  readonly output: number | null;
  readonly total: number;
  readonly note: UsageNote | null;
}

/** What counts; null when nothing was told that can be counted. */
export function reconciled(figures: Figures): Tokens | null {
  const sums = sumsOf(figures);
  if (sums === null) return null;
  const { input, output, total } = sums;
  const read = figures.cacheRead ?? 0;
  const cached = read + (figures.cacheWrite ?? 0);
  const tooMany = input !== null && cached > input;
  const cacheRead = tooMany ? Math.min(read, input) : read;
  const cacheWrite = tooMany ? input - cacheRead : (figures.cacheWrite ?? 0);
  const note = sums.note ?? (tooMany ? 'cache_cut' : figures.unusable ? 'unusable' : null);
  return {
    ...{ input, output, total, cacheRead, cacheWrite },
    reasoning: figures.reasoning ?? 0,
    ...(note === null ? {} : { note }),
  };
}

function sumsOf({ input, output, total, reasoning, cacheRead, cacheWrite }: Figures): Sums | null {
  if (input === null && output === null) return total === null ? null : totalAlone(total);
  if (input === null || output === null) return withOne(input, output, total);
  const sum = input + output;
  const thought = reasoning ?? 0;
  if (total === null || (total === 0 && sum > 0)) {
    const ignored = total === null ? null : 'total_ignored';
    if (thought <= output) return { input, output, total: sum, note: ignored };
    return { input, output: output + thought, total: sum + thought, note: 'reasoning_added' };
  }
  if (total === sum) return { input, output, total, note: null };
  if (total === sum + thought) return { input, output: output + thought, total, note: 'reasoning_added' };
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  if (total === sum + cached) return { input: input + cached, output, total, note: 'cache_added' };
  // What a vendor counts beyond its own parts is thought that it does not tell, and bills as output.
  if (total > sum) return { input, output: total - input, total, note: 'total_higher' };
  return { input, output, total, note: 'total_lower' };
}

function totalAlone(total: number): Sums {
  return { input: null, output: null, total, note: 'incomplete' };
}

/** The other one follows from the total. */
function withOne(input: number | null, output: number | null, total: number | null): Sums {
  const known = input ?? output ?? 0;
  const rest = total === null || total < known ? null : total - known;
  return { input: input ?? rest, output: output ?? rest, total: total ?? known, note: 'incomplete' };
}
