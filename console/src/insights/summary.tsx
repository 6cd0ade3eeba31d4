/** The figures of the whole period, each with what it was in the one before. */
import type { Insights } from '../api/generated.ts';
import { countWords, counted, durationWords, moneyWords, percentWords } from '../words/figures.ts';
import { differenceWords } from './comparison.ts';
import type { Period } from './period.ts';
import { projectionWords } from './projection-words.ts';

interface SummaryProps {
  readonly insights: Insights;
  readonly period: Period;
}

const timeWords = (seconds: number | null) => (seconds === null ? '–' : durationWords(seconds));

export function Summary({ insights: { totals, previous, projection }, period }: SummaryProps) {
  const compared = (member: keyof typeof totals, words: (value: number) => string) =>
    differenceWords({ now: totals[member], before: previous[member] }, period, words);
  const { runs, completed, failed, unpriced_runs: unpriced } = totals;
  const failures = compared('failed', countWords);
  const { isWell, text } = projectionWords(projection);
  return (
    <div>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
        <Card name="Runs" value={countWords(runs)} about={compared('runs', countWords)} />
        <Card
          name="Completed"
          value={percentWords(completed, completed + failed)}
          about={`${countWords(failed)} failed${failures === undefined ? '' : `: ${failures}`}`}
        />
        <Card
          name="Time at work, median"
          value={timeWords(totals.p50_seconds)}
          about={compared('p50_seconds', durationWords)}
        />
        <Card
          name="In the queue, 95%"
          value={timeWords(totals.queue_p95_seconds)}
          about={compared('queue_p95_seconds', durationWords)}
        />
        <Card
          name="Tokens"
          value={countWords(totals.total_tokens)}
          about={compared('total_tokens', countWords)}
        />
        <Card
          name="Cost"
          value={runs === 0 ? '–' : moneyWords(totals.cost_estimate)}
          about={
            unpriced > 0
              ? `without ${counted(unpriced, 'run')} of unknown price`
              : previous.unpriced_runs > 0
                ? undefined
                : compared('cost_estimate', moneyWords)
          }
        />
      </dl>
      <p className="mt-2 text-xs text-quiet">
        Projection, now: <span className={isWell ? undefined : 'font-medium text-need'}>{text}</span>
      </p>
    </div>
  );
}

interface CardProps {
  readonly name: string;
  readonly value: string;
  readonly about: string | undefined;
}

function Card({ name, value, about }: CardProps) {
  return (
    <div className="rounded-lg border border-line bg-raised px-3 py-2">
      <dt className="text-sm text-quiet">{name}</dt>
      <dd className="tabular text-xl font-semibold">
        {value}
        <span className="block min-h-8 text-xs font-normal text-quiet">{about}</span>
      </dd>
    </div>
  );
}
