/** The figures behind a chart as a table, which copies as CSV. Each row leads to its runs, figures of runs to theirs. */
import { Link } from '@tanstack/react-router';
import { Copy } from '../parts/copy.tsx';
import { barsCsv, type Bar, type Words } from './bars.ts';

interface ChartTableProps {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly words: Words;
}

export function ChartTable({ title, bars, words }: ChartTableProps) {
  const names = bars[0]?.parts.map(({ name }) => name) ?? [];
  return (
    <div className="h-40 overflow-auto" tabIndex={0} role="region" aria-label={`${title}, as a table`}>
      <table className="tabular w-full text-sm">
        <thead className="sticky top-0 bg-raised">
          <tr className="text-left text-quiet [&>th]:py-1 [&>th]:font-normal">
            <th>
              Time <Copy text={() => barsCsv(bars)} what="as CSV" />
            </th>
            {[...names, 'before'].map((name) => (
              <th key={name} className="pl-3 text-right">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <Row key={bar.key} bar={bar} words={words} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  bar: { label, parts, before, filter, runs, note },
  words,
}: {
  readonly bar: Bar;
  readonly words: Words;
}) {
  return (
    <tr className="border-t border-line [&>td]:py-1 [&>td:not(:first-child)]:pl-3 [&>td:not(:first-child)]:text-right">
      <td className="whitespace-nowrap">
        {runs === 0 ? label : <RunsLink filter={filter} text={label} />}
        {note !== undefined && <span className="block text-xs text-quiet">{note}</span>}
      </td>
      {parts.map(({ name, value, filter: its }) => (
        <td key={name}>
          {its === undefined || value === 0 ? words(value) : <RunsLink filter={its} text={words(value)} />}
        </td>
      ))}
      <td className="text-quiet">{before === null ? '–' : words(before)}</td>
    </tr>
  );
}

function RunsLink({ filter, text }: { readonly filter: string; readonly text: string }) {
  return (
    <Link
      to="/runs"
      search={{ filter }}
      className="inline-block min-w-6 py-0.5 underline decoration-line-strong hover:decoration-ink"
    >
      {text}
    </Link>
  );
}
