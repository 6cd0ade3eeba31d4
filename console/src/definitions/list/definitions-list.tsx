/** The rows of the list: only those in sight are drawn, more pages come as one goes down, `j` and `k` go through them. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { ListedWorkflow } from '../../api/generated.ts';
import { useActions } from '../../app/actions.ts';
import { COLUMNS, DefinitionRow } from './definition-row.tsx';

const ROW_PIXELS = 53;
const HEADS = ['Definition', 'Version', 'Success', 'Last 50 runs', 'p50', 'p95', 'Cost', 'Open', 'Last run'];

interface ListProps {
  readonly definitions: readonly ListedWorkflow[];
  /** Asked for when the end comes in sight; undefined: there are no more. */
  readonly more: (() => void) | undefined;
  readonly onStart: (name: string) => void;
}

export function DefinitionsList({ definitions, more, onStart }: ListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(-1);
  const links = useRef(new Map<string, HTMLAnchorElement>());
  const rows = useVirtualizer({
    count: definitions.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PIXELS,
    getItemKey: (at) => definitions[at]?.name ?? at,
    overscan: 12,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= definitions.length - 10) more?.();
  }, [last, definitions.length, more]);

  const go = (by: number) => {
    const at = Math.min(Math.max(0, current + by), definitions.length - 1);
    setCurrent(at);
    rows.scrollToIndex(at);
    const name = definitions[at]?.name;
    requestAnimationFrame(() => void (name !== undefined && links.current.get(name)?.focus()));
  };
  const chosen = definitions[current];
  useActions([
    { label: 'Next definition', group: 'Definitions', keys: 'j', act: () => go(1) },
    { label: 'Previous definition', group: 'Definitions', keys: 'k', act: () => go(-1) },
    {
      label: 'Start the chosen definition',
      group: 'Definitions',
      keys: 's',
      why: chosen === undefined ? 'None is chosen: go to one with j and k.' : undefined,
      act: () => chosen !== undefined && onStart(chosen.name),
    },
  ]);
  return (
    <div
      ref={box}
      role="table"
      aria-label="Definitions"
      aria-rowcount={definitions.length + 1}
      className="min-h-0 flex-1 overflow-auto"
    >
      <div
        role="rowgroup"
        className="sticky top-0 z-10 min-w-fit border-b border-line bg-surface narrow:hidden"
      >
        <div role="row" className={`${COLUMNS} h-8 text-xs text-quiet`}>
          {HEADS.map((head, at) => (
            <div key={head} role="columnheader" className={at === 3 ? 'pl-2' : at > 1 ? 'text-right' : ''}>
              {head}
            </div>
          ))}
          <div role="columnheader">
            <span className="sr-only">Start</span>
          </div>
        </div>
      </div>
      <div
        role="rowgroup"
        className="relative min-w-fit narrow:min-w-0"
        style={{ height: rows.getTotalSize() }}
      >
        {shown.map(({ index, key, start }) => {
          const definition = definitions[index];
          if (definition === undefined) return null;
          return (
            <div
              key={key}
              role="presentation"
              ref={rows.measureElement}
              data-index={index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              <DefinitionRow
                definition={definition}
                isCurrent={index === current}
                onStart={() => onStart(definition.name)}
                onFocus={() => setCurrent(index)}
                ref={(link) => keep(links.current, definition.name, link)}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function keep(links: Map<string, HTMLAnchorElement>, name: string, link: HTMLAnchorElement | null): void {
  if (link === null) links.delete(name);
  else links.set(name, link);
}
