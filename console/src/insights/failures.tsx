/** What fails most in a period: the same error at the same step together, each with its runs and the newest of them. */
import { Link } from '@tanstack/react-router';
import type { Insights } from '../api/generated.ts';
import { quotedValue } from '../../../src/protocol/filter/words.ts';
import type { Period } from './period.ts';

interface FailuresProps {
  readonly insights: Insights;
  readonly period: Period;
}

export function Failures({ insights: { failures }, period: { since, until } }: FailuresProps) {
  if (failures.length === 0) return null;
  return (
    <section className="rounded-lg border border-line bg-raised p-3">
      <h2 className="mb-1 font-semibold">What fails most</h2>
      <ul className="flex flex-col">
        {failures.map(({ workflow, step, type, message, runs, run }) => (
          <li
            key={`${workflow} ${step} ${type}`}
            className="flex items-baseline gap-3 border-t border-line py-1.5 text-sm first:border-t-0"
          >
            <Link
              to="/runs"
              search={{
                filter: `${failedSo(workflow, step, type)} created>=${since} created<${until}`,
              }}
              className="tabular w-10 shrink-0 text-right font-semibold text-fail hover:underline"
              aria-label={`Runs of ${workflow} that failed so: ${runs}`}
            >
              {runs}
            </Link>
            <span className="min-w-0 flex-1">
              <span className="font-medium">{workflow}</span>
              {step !== null && <span className="text-quiet"> at {step}</span>}{' '}
              <span className="font-mono text-xs text-quiet">{type}</span>
              <span className="block truncate text-quiet" title={message}>
                {message}
              </span>
            </span>
            <Link
              to="/runs/$id"
              params={{ id: run }}
              className="shrink-0 text-accent underline"
              aria-label={`Newest run of ${workflow} that failed so`}
            >
              newest
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The filter of the runs that failed at the same step for the same kind of reason. */
function failedSo(workflow: string, step: string | null, type: string): string {
  const at = step === null ? '-failed_step:*' : `failed_step:${quotedValue(step)}`;
  return `workflow:${workflow} status:failed,timed_out reason:${quotedValue(type)} ${at}`;
}
