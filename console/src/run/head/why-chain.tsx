/** Why a step is where it is, from the run's own record, and what waits behind it. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, dataOf } from '../../api/client.ts';
import type { WhyDecision, WhyWait } from '../../api/generated.ts';
import { Moment } from '../../parts/moment.tsx';
import { faultWords, Skeleton } from '../../parts/states.tsx';
import { counted } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';
import { blockedBy } from './blocked.ts';

interface WhyChainProps {
  readonly runId: string;
  readonly step: string;
}

export function WhyChain({ runId, step }: WhyChainProps) {
  const { run, steps, at } = useRun();
  const { data, error } = useQuery({
    queryKey: ['run', runId, 'why', step, at ?? run.last_seq],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/runs/{id}/steps/{key}/why', {
          params: { path: { id: runId, key: step }, query: at === undefined ? {} : { at } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
  const behind = blockedBy(steps, step);
  if (error !== null) return <p className="mt-1 text-sm text-fail">{faultWords(error)}</p>;
  if (data === undefined) return <Skeleton className="mt-1 h-10" />;
  return (
    <div className="mt-1.5 flex flex-col gap-1.5 text-sm">
      {behind.length > 0 && (
        <p>
          Behind it {behind.length === 1 ? 'waits' : 'wait'} {counted(behind.length, 'step')}:{' '}
          <span className="font-medium">{behind.slice(0, 6).join(' ← ')}</span>
          {behind.length > 6 && ' …'}
        </p>
      )}
      {data.waits_for.map((wait) => (
        <p key={wait.for}>{waitWords(wait)}</p>
      ))}
      <ol className="flex flex-col gap-0.5">
        {data.decisions.slice(-6).map((decision) => (
          <li key={`${decision.seq} ${decision.decision}`} className="flex flex-wrap gap-x-2">
            <span className="w-20 shrink-0 text-quiet">
              <Moment at={decision.at} as="clock" />
            </span>
            <span className="min-w-0 flex-1 wrap-anywhere">{decisionWords(decision)}</span>
            <Link
              to="."
              search={(search) => ({ ...search, at: decision.seq })}
              className="min-h-6 text-accent underline"
              aria-label={`Show the run as it was at event ${decision.seq}`}
            >
              #{decision.seq}
            </Link>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** What it waits for, in one sentence. */
function waitWords({
  for: what,
  steps,
  more_steps: more,
  questions,
  open,
  most,
  until,
  by,
  reason,
}: WhyWait): string {
  const names = steps.map(({ key, status }) => `${key} (${status})`).join(', ');
  const parts = [
    `It waits for ${what.replaceAll('_', ' ')}`,
    names !== '' && `: ${names}${more > 0 ? ` and ${more} more` : ''}`,
    questions.length > 0 && ` (${counted(questions.length, 'question')})`,
    open !== null && most !== null && `: ${open} of ${most} places are taken`,
    until !== null && ` until ${until}`,
    by !== null && ` (${by})`,
    reason !== null && `: ${reason}`,
  ];
  return `${parts.filter((part) => part !== false).join('')}.`;
}

function decisionWords({
  decision,
  reason,
  by,
  attempt,
  condition,
  retry,
  waited_for: waited,
}: WhyDecision): string {
  const parts = [
    decision.replaceAll('_', ' '),
    attempt !== null && ` (try ${attempt})`,
    by !== null && ` by ${by}`,
    reason !== null && `: ${reason}`,
    condition !== null && `: ${condition.source} was ${JSON.stringify(condition.result)}`,
    retry !== null && ' (see the attempts for the rule)',
    waited.length > 0 && ` for ${waited.map((wait) => wait.for.replaceAll('_', ' ')).join(', ')}`,
  ];
  const text = parts.filter((part) => part !== false).join('');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
