/** What each step of a run did when: the wait for others, the queue, the work of each attempt, the wait before the next. Pure. */
import type { Step } from '../../api/generated.ts';

export type SpanKind = 'waits' | 'queue' | 'work' | 'failed' | 'backoff' | 'people';

export interface Span {
  readonly kind: SpanKind;
  /** ms. */
  readonly from: number;
  readonly until: number;
  /** Its number; 0: before the first. */
  readonly attempt: number;
  /** Where its attempt stands in those of the step; undefined: it has none. */
  readonly place?: number;
}

type Timed = Pick<Step, 'kind' | 'started_at' | 'completed_at' | 'attempts'>;

/** Every attempt with its parts. @param now where what goes on ends; ms */
export function spansOf(step: Timed, now: number): readonly Span[] {
  const { attempts, started_at: started, completed_at: completed, kind } = step;
  if (attempts.length === 0) {
    if (started === null) return [];
    const until = completed === null ? now : Date.parse(completed);
    const of = kind === 'ask' || kind === 'wait' ? 'people' : 'work';
    return [{ kind: of, from: Date.parse(started), until, attempt: 1 }];
  }
  // Of a moment of the past: what came later has not happened yet.
  const by = (at: string | null) => (at === null || Date.parse(at) > now ? null : Date.parse(at));
  return attempts.flatMap((attempt, place) => {
    const scheduled = Date.parse(attempt.scheduled_at);
    const begun = by(attempt.started_at);
    const ended = by(attempt.completed_at) ?? now;
    const before = attempts[place - 1]?.completed_at;
    const gap = before == null ? null : Date.parse(before);
    const of = { attempt: attempt.attempt, place };
    const spans: Span[] = [];
    if (gap !== null && scheduled > gap) spans.push({ ...of, kind: 'backoff', from: gap, until: scheduled });
    spans.push({ ...of, kind: 'queue', from: scheduled, until: begun ?? ended });
    if (begun !== null) {
      const kindOfWork =
        attempt.status === 'failed' && by(attempt.completed_at) !== null
          ? 'failed'
          : kind === 'ask'
            ? 'people'
            : 'work';
      spans.push({ ...of, kind: kindOfWork, from: begun, until: Math.max(begun, ended) });
    }
    return spans;
  });
}

/** From the first end of what a step waits for until it could begin; undefined: it never stood between two of them. */
export function waitOf(
  { dependencies }: Pick<Step, 'dependencies'>,
  endOf: ReadonlyMap<string, number>,
  begun: number,
): Span | undefined {
  const ends = dependencies.flatMap((key) => endOf.get(key) ?? []).filter((end) => end < begun);
  if (ends.length === 0) return undefined;
  return { kind: 'waits', from: Math.min(...ends), until: begun, attempt: 0 };
}

/** Something of it went wrong, even where a later try was well. */
export function hasErrors({ status, error, attempts }: Pick<Step, 'status' | 'error' | 'attempts'>): boolean {
  return status === 'failed' || error !== null || attempts.some((one) => one.status === 'failed');
}

/** The steps that have made the run as long as it is: back from the last one to end, each time to what it waited for longest. */
export function criticalPath(
  steps: readonly Pick<Step, 'key' | 'dependencies' | 'completed_at'>[],
): ReadonlySet<string> {
  const ended = steps.filter(({ completed_at: at }) => at !== null);
  const byKey = new Map(ended.map((step) => [step.key, step]));
  const last = (some: readonly (typeof ended)[number][]) =>
    some.toSorted((a, b) => (b.completed_at ?? '').localeCompare(a.completed_at ?? ''))[0];
  const path = new Set<string>();
  for (let step = last(ended); step !== undefined && !path.has(step.key);) {
    path.add(step.key);
    step = last(step.dependencies.flatMap((key) => byKey.get(key) ?? []));
  }
  return path;
}
