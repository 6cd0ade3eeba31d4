/** Segments of an agent's step: stretches of turns under one set of limits, each with its own figures. */
import type { Limits } from '../../../plan/plan.ts';
import { limitsJson } from '../../../protocol/limits.ts';
import { NOTHING_USED } from '../../../protocol/usage.ts';
import type { ModelUsage } from '../../../protocol/usage.ts';
import type { SegmentJson } from '../../../tables/projected/workflow-step-executions.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import { afterCall } from '../record/usage.ts';

export type Segments = readonly SegmentJson[];

/** What opens a segment. */
export interface SegmentStart {
  readonly segment: number;
  readonly limits: Limits;
  readonly message: string | null;
  readonly by: string | null;
  /** ISO text. */
  readonly at: string;
}

export function openSegment(
  segments: Segments,
  { segment, limits, message, by, at }: SegmentStart,
): Segments {
  const { on_limit: _, ...most } = limitsJson(limits);
  const figures = { turns: 0, total_tokens: 0, cost_estimate: 0 };
  const opened = { segment, ...most, ...figures, started_at: at, completed_at: null };
  const before = segments.filter((one) => one.segment < segment);
  return [...closeSegment(before, at, 'continued'), { ...opened, terminal_reason: null, message, by }];
}

/** Ends the segment at work, if one is. */
export function closeSegment(segments: Segments, at: string, reason: string): Segments {
  const last = segments.at(-1);
  if (last === undefined || last.completed_at !== null) return segments;
  return [...segments.slice(0, -1), { ...last, completed_at: at, terminal_reason: reason }];
}

/** The segment at work with the limits that are in force; the same list where they are the same. */
export function limitedSegments(
  segments: Segments,
  { number, limits }: { readonly number: number; readonly limits: Limits },
): Segments {
  const { on_limit: _, ...most } = limitsJson(limits);
  const names = Object.keys(most) as (keyof typeof most)[];
  const last = segments.at(-1);
  if (last?.segment !== number || names.every((name) => last[name] === most[name])) return segments;
  return [...segments.slice(0, -1), { ...last, ...most }];
}

export function countInSegment(segments: Segments, number: number, usage: ModelUsage): Segments {
  return segments.map((segment) => {
    if (segment.segment !== number) return segment;
    const { turns, total_tokens, cost_estimate } = afterCall({ ...NOTHING_USED, ...segment }, usage);
    return { ...segment, turns, total_tokens, cost_estimate };
  });
}

/** Number of the segment at work; 1 when nothing is known of any. */
export function segmentNumber(row: StepRow | undefined): number {
  return row?.segments.at(-1)?.segment ?? 1;
}

/** The segments that a state with this segment at work knows, the last one open again. */
export function segmentsUpTo(segments: Segments, number: number): Segments {
  const kept = segments.filter(({ segment }) => segment <= number);
  return kept.map((one) =>
    one.segment < number ? one : { ...one, completed_at: null, terminal_reason: null },
  );
}
