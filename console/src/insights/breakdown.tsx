/** What the sums are made of: by definition, model and agent, the dearest first. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Insights } from '../api/generated.ts';
import { countWords, durationWords, moneyWords, percentWords } from '../words/figures.ts';
import type { Period } from './period.ts';

interface BreakdownProps {
  readonly insights: Insights;
  readonly period: Period;
}

export function Breakdown({
  insights: { workflows, models, agents },
  period: { since, until },
}: BreakdownProps) {
  return (
    <div className="grid gap-4 xl:grid-cols-3">
      <Table title="By definition" heads={['Definition', 'Runs', 'Failed', 'Median', 'Tokens', 'Cost']}>
        {workflows.map(
          ({ workflow, runs, failed, p50_seconds: median, total_tokens: tokens, cost_estimate: cost }) => (
            <Row
              key={workflow}
              cells={[
                countWords(runs),
                percentWords(failed, runs),
                median === null ? '–' : durationWords(median),
                countWords(tokens),
                moneyWords(cost),
              ]}
            >
              <Link
                to="/runs"
                search={{ filter: `workflow:${workflow} created>=${since} created<${until}` }}
                className="hover:underline"
              >
                {workflow}
              </Link>
            </Row>
          ),
        )}
      </Table>
      <Table title="By model" heads={['Model', 'Calls', 'Failed', 'In', 'Out', 'Cost']}>
        {models.map(
          ({
            provider,
            model,
            calls,
            failed,
            input_tokens: read,
            output_tokens: written,
            cost_estimate: cost,
            unpriced_calls: unpriced,
          }) => (
            <Row
              key={`${provider} ${model}`}
              cells={[
                countWords(calls),
                percentWords(failed, calls),
                countWords(read),
                countWords(written),
                unpriced > 0 && cost === null ? 'unknown' : moneyWords(cost),
              ]}
            >
              {provider}/{model ?? 'not known'}
            </Row>
          ),
        )}
      </Table>
      <Table title="By agent" heads={['Agent', 'Calls', 'Tokens', 'Cost']}>
        {agents.map(({ agent, calls, total_tokens: tokens, cost_estimate: cost }) => (
          <Row key={agent} cells={[countWords(calls), countWords(tokens), moneyWords(cost)]}>
            {agent}
          </Row>
        ))}
      </Table>
    </div>
  );
}

interface TableProps {
  readonly title: string;
  readonly heads: readonly string[];
  readonly children: ReactNode;
}

function Table({ title, heads, children }: TableProps) {
  return (
    <section className="min-w-0 rounded-lg border border-line bg-raised p-3">
      <h2 className="mb-1 font-semibold">{title}</h2>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={title}>
        <table className="tabular w-full text-sm">
          <thead>
            <tr className="text-left text-quiet [&>th]:py-1 [&>th]:pl-3 [&>th]:font-normal [&>th:first-child]:pl-0 [&>th:not(:first-child)]:text-right">
              {heads.map((head) => (
                <th key={head}>{head}</th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ cells, children }: { readonly cells: readonly string[]; readonly children: ReactNode }) {
  return (
    <tr className="border-t border-line [&>td]:py-1 [&>td]:pl-3 [&>td:first-child]:pl-0">
      <td className="max-w-40 truncate">{children}</td>
      {cells.map((cell, at) => (
        <td key={at} className="text-right whitespace-nowrap">
          {cell}
        </td>
      ))}
    </tr>
  );
}
