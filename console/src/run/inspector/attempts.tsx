/** Every attempt of a step, the newest first: how it ended, where, how long each part took, what it used. */
import type { Attempt, Step } from '../../api/generated.ts';
import { Elapsed, Moment, useNow } from '../../parts/moment.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { countWords, durationWords, moneyWords, secondsBetween } from '../../words/figures.ts';
import type { Words } from '../../words/status.ts';
import { ErrorBox } from './error-box.tsx';

const WORDS: Readonly<Record<string, Words>> = {
  completed: { text: 'Completed', tone: 'done', sign: 'done' },
  failed: { text: 'Failed', tone: 'fail', sign: 'failed' },
  cancelled: { text: 'Cancelled', tone: 'idle', sign: 'stopped' },
  running: { text: 'At work', tone: 'run', sign: 'runs' },
};

export function Attempts({ step }: { readonly step: Step }) {
  const now = useNow();
  const all = step.attempts.toReversed();
  if (all.length === 0) return <p className="text-sm text-quiet">It has not been tried yet.</p>;
  return (
    <ol className="flex flex-col gap-3">
      {step.retry_at !== null && (
        <li className="rounded-(--radius) bg-need-wash px-3 py-2 text-sm">
          The next try begins <Moment at={step.retry_at} /> (
          {durationWords(Math.max(0, (Date.parse(step.retry_at) - now) / 1000))} to go).
        </li>
      )}
      {all.map((attempt, at) => (
        <One key={`${attempt.epoch} ${attempt.attempt}`} attempt={attempt} before={all[at + 1]} />
      ))}
    </ol>
  );
}

interface OneProps {
  readonly attempt: Attempt;
  /** The one before it in time. */
  readonly before: Attempt | undefined;
}

function One({ attempt, before }: OneProps) {
  const { status, attempt: number, epoch, worker, usage, error } = attempt;
  const pause =
    before?.completed_at == null ? null : secondsBetween(before.completed_at, attempt.scheduled_at, 0);
  return (
    <li className="flex flex-col gap-2 rounded-(--radius) border border-line p-3 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">
          Try {number}
          {epoch > 0 && `, epoch ${epoch}`}
        </span>
        <StatusBadge words={WORDS[status] ?? { text: status, tone: 'idle', sign: 'waits' }} />
        {worker !== null && <span className="wrap-anywhere text-quiet">{worker}</span>}
      </div>
      <p className="text-quiet">
        <Moment at={attempt.scheduled_at} as="clock" />
        {pause !== null && pause > 0.5 && `, ${durationWords(pause)} after the one before`}
        {attempt.started_at !== null && (
          <>
            , in the queue for {durationWords(secondsBetween(attempt.scheduled_at, attempt.started_at, 0))},
            at work for <Elapsed from={attempt.started_at} until={attempt.completed_at} />
          </>
        )}
      </p>
      {usage !== null && (
        <p className="text-quiet">
          {countWords(usage.total_tokens)} tokens, {moneyWords(usage.cost_estimate)}
        </p>
      )}
      {error !== null && <ErrorBox error={error} />}
    </li>
  );
}
