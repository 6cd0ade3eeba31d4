/** Bars over time, stacked where they have parts; each leads to what it counts. Behind it the same as a table. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Copy } from '../parts/copy.tsx';

export interface Part {
  readonly name: string;
  /** A class that fills it. */
  readonly fill: string;
  readonly value: number;
}

export interface Bar {
  readonly key: string;
  readonly label: string;
  readonly parts: readonly Part[];
  /** The runs that it counts, in the grammar of the list. */
  readonly filter: string;
}

interface BarChartProps {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** A value in words. */
  readonly words: (value: number) => string;
  /** Parts are compared, not added, as percentiles are. */
  readonly isBeside?: boolean;
}

export function BarChart({ title, bars, words, isBeside = false }: BarChartProps) {
  const [isTable, setTable] = useState(false);
  const names = bars[0]?.parts.map(({ name }) => name) ?? [];
  const sizeOf = (bar: Bar) =>
    isBeside
      ? Math.max(0, ...bar.parts.map(({ value }) => value))
      : bar.parts.reduce((sum, { value }) => sum + value, 0);
  const most = Math.max(0, ...bars.map(sizeOf));
  return (
    <figure className="flex min-w-0 flex-col rounded-lg border border-line bg-raised p-3">
      <figcaption className="mb-2 flex flex-wrap items-center gap-x-3">
        <span className="font-semibold">{title}</span>
        {bars[0]?.parts.map(({ name, fill }) => (
          <span key={name} className="flex items-center gap-1 text-xs text-quiet">
            <span className={`inline-block size-2.5 rounded-sm ${fill}`} aria-hidden />
            {name}
          </span>
        ))}
        <span className="flex-1" />
        {most > 0 && <span className="tabular text-xs text-quiet">most {words(most)}</span>}
        <Button kind="quiet" size="small" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          Table
        </Button>
      </figcaption>
      {isTable ? (
        <Table title={title} bars={bars} names={names} words={words} />
      ) : most === 0 ? (
        <p className="grid h-32 place-items-center text-sm text-quiet">Nothing in this period.</p>
      ) : (
        <ol className="flex h-32 items-stretch gap-px" aria-label={title}>
          {bars.map((bar) => (
            <Column
              key={bar.key}
              bar={bar}
              most={most}
              size={sizeOf(bar)}
              words={words}
              isBeside={isBeside}
            />
          ))}
        </ol>
      )}
      {!isTable && most > 0 && (
        <div className="mt-1 flex justify-between text-xs text-quiet">
          <span>{bars[0]?.label}</span>
          <span>{bars.at(-1)?.label}</span>
        </div>
      )}
    </figure>
  );
}

interface ColumnProps {
  readonly bar: Bar;
  readonly most: number;
  readonly size: number;
  readonly words: (value: number) => string;
  readonly isBeside: boolean;
}

function Column({ bar: { label, parts, filter }, most, size, words, isBeside }: ColumnProps) {
  const text = `${label}: ${parts.map(({ name, value }) => `${name} ${words(value)}`).join(', ')}`;
  const ordered = isBeside ? parts.toSorted((a, b) => b.value - a.value) : parts;
  return (
    <li className="min-w-0 flex-1">
      {size === 0 ? (
        <span className="block h-full border-b border-line" title={text} />
      ) : (
        <Link
          to="/runs"
          search={{ filter }}
          title={text}
          aria-label={text}
          className={
            isBeside
              ? 'relative block h-full border-b border-line hover:bg-hover'
              : 'flex h-full flex-col justify-end border-b border-line hover:bg-hover'
          }
        >
          {ordered.map(({ name, fill, value }) => (
            <span
              key={name}
              className={isBeside ? `absolute inset-x-0 bottom-0 ${fill}` : `block ${fill}`}
              style={{ height: `${(value / most) * 100}%` }}
            />
          ))}
        </Link>
      )}
    </li>
  );
}

interface TableProps {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly names: readonly string[];
  readonly words: (value: number) => string;
}

function Table({ title, bars, names, words }: TableProps) {
  const csv = () =>
    [['time', ...names], ...bars.map(({ key, parts }) => [key, ...parts.map(({ value }) => String(value))])]
      .map((row) => row.join(','))
      .join('\n');
  return (
    <div className="max-h-64 overflow-auto" tabIndex={0} role="region" aria-label={`${title}, as a table`}>
      <table className="tabular w-full text-sm">
        <thead className="sticky top-0 bg-raised">
          <tr className="text-left text-quiet [&>th]:py-1 [&>th]:font-normal">
            <th>
              Time <Copy text={csv} what="as CSV" />
            </th>
            {names.map((name) => (
              <th key={name} className="text-right">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.map(({ key, label, parts }) => (
            <tr key={key} className="border-t border-line [&>td]:py-0.5">
              <td>{label}</td>
              {parts.map(({ name, value }) => (
                <td key={name} className="text-right">
                  {words(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
