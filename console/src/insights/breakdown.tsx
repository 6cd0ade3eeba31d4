/** What the sums are made of: by definition, model and agent, the dearest first. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { quotedValue } from '../../../src/protocol/filter/words.ts';
import type { Insights } from '../api/generated.ts';
import { costWords } from '../definitions/figures.ts';
import { countWords, durationWords, percentWords } from '../words/figures.ts';
import type { Period } from './period.ts';

interface BreakdownProps {
  readonly insights: Insights;
  readonly period: Period;
}

export function Breakdown({
  insights: { workflows, models, agents },
  period: { since, until },
}: BreakdownProps) {
  const created = `created>=${since} created<${until}`;
  return (
    <div className="grid gap-4 xl:grid-cols-3">
      <Table
        title="By definition"
        heads={['Definition', 'Runs', 'Failed', 'Median', '95%', 'Tokens', 'Cost']}
      >
        {workflows.map(
          ({
            workflow,
            runs,
            failed,
            p50_seconds: median,
            p95_seconds: most,
            total_tokens: tokens,
            cost_estimate: cost,
            unpriced_runs: unpriced,
          }) => (
            <Row
              key={workflow}
              cells={[
                countWords(runs),
                percentWords(failed, runs),
                median === null ? '–' : durationWords(median),
                most === null ? '–' : durationWords(most),
                countWords(tokens),
                costWords({ sum: cost, unpriced }, runs),
              ]}
            >
              <RunsLink filter={`workflow:${workflow} ${created}`}>{workflow}</RunsLink>
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
                costWords({ sum: cost, unpriced }, calls),
              ]}
            >
              {provider === null || model === null ? (
                `${provider ?? 'not known'}/${model ?? 'not known'}`
              ) : (
                <RunsLink filter={`model:${quotedValue(`${provider}/${model}`)} ${created}`}>
                  {provider}/{model}
                </RunsLink>
              )}
            </Row>
          ),
        )}
      </Table>
      <Table title="By agent" heads={['Agent', 'Calls', 'Tokens', 'Cost']}>
        {agents.map(
          ({ agent, calls, total_tokens: tokens, cost_estimate: cost, unpriced_calls: unpriced }) => (
            <Row
              key={agent}
              cells={[countWords(calls), countWords(tokens), costWords({ sum: cost, unpriced }, calls)]}
            >
              <RunsLink filter={`agent:${quotedValue(agent)} ${created}`}>{agent}</RunsLink>
            </Row>
          ),
        )}
      </Table>
    </div>
  );
}

function RunsLink({ filter, children }: { readonly filter: string; readonly children: ReactNode }) {
  return (
    <Link to="/runs" search={{ filter }} className="hover:underline">
      {children}
    </Link>
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
