/** What a run has used of what it may, and how it goes on if it goes on like this. Pure. */
import type { Run } from '../../api/generated.ts';

export interface Gauge {
  readonly name: 'turns' | 'tokens' | 'cost' | 'time';
  /** Turns, tokens, micro-dollars, seconds. */
  readonly used: number;
  readonly most: number;
  /** 0 to 1, and above where more was used. */
  readonly share: number;
  /** Seconds until it is used up at the pace so far; null: it stands still, or has ended. */
  readonly left: number | null;
}

type Used = Pick<
  Run,
  'limits' | 'turns' | 'total_tokens' | 'cost_estimate' | 'active_seconds' | 'status' | 'is_paused'
>;

/** Those that have a limit, the fullest first. */
export function gauges(run: Used): readonly Gauge[] {
  const { limits, turns, total_tokens: tokens, cost_estimate: cost, active_seconds: active } = run;
  const measured: readonly (readonly [Gauge['name'], number | null, number | null | undefined])[] = [
    ['turns', turns, limits.max_turns],
    ['tokens', tokens, limits.max_tokens],
    ['cost', cost, limits.max_cost_usd == null ? null : limits.max_cost_usd * 1_000_000],
    ['time', active, limits.max_duration_ms == null ? null : limits.max_duration_ms / 1000],
  ];
  const goesOn = run.status === 'running' && !run.is_paused;
  return measured
    .flatMap(([name, used, most]) => {
      if (used === null || most == null || most <= 0) return [];
      const left =
        goesOn && active !== null && active > 0 && used > 0
          ? Math.max(0, ((most - used) / used) * active)
          : null;
      return [{ name, used, most, share: used / most, left }];
    })
    .toSorted((a, b) => b.share - a.share);
}
