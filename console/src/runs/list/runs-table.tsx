/**
 * The list of runs as a table of thousands of rows of which only those in sight are there. One row is the current one:
 * keys act on it. Columns are resized by pointer or by arrow keys.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef, useState, type MouseEvent } from 'react';
import type { RunNow } from '../../api/generated.ts';
import { cn } from '../../parts/class-names.ts';
import { Skeleton } from '../../parts/states.tsx';
import { KNOWN_COLUMNS, type Column } from '../columns/columns.ts';
import { RunCell } from '../columns/run-cell.tsx';
import type { ListState, SetListState } from '../list-state.ts';
import { HeaderCell } from './header-cell.tsx';
import type { RunList } from './run-list.ts';
import { isSelected, type Selection } from './selection.ts';

const ROW = 36;
const CHECK = 36;

export interface ListProps {
  readonly list: RunList;
  readonly state: ListState;
  readonly set: SetListState;
  readonly selection: Selection;
  readonly current: string | null;
  readonly total: number | null;
  readonly initialScroll: number;
  /** Told what is in sight. */
  readonly see: (from: number, to: number, top: number) => void;
  /** Somebody has chosen it; `range`: all from the last one on. */
  readonly choose: (id: string, range: boolean) => void;
  readonly chooseAll: () => void;
  readonly makeCurrent: (id: string) => void;
}

export function RunsTable(props: ListProps) {
  const { list, state, set, selection, current, total, initialScroll, see } = props;
  const { columns, sort } = state;
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: list.ids.length + (list.next === null ? 0 : 1),
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
    scrollMargin: ROW,
    scrollPaddingStart: ROW,
    initialOffset: initialScroll,
    getItemKey: (at) => list.ids[at] ?? 'more',
  });
  const items = virtual.getVirtualItems();
  const [from, to] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const top = virtual.scrollOffset ?? 0;
  useEffect(() => see(from, to, top), [see, from, to, top, list.ids.length]);

  // While one is dragged it has another width than the address says.
  const [dragged, setDragged] = useState<Column>();
  const wide = columns.map((column) => (column.id === dragged?.id ? dragged : column));
  const resize = (column: Column) => {
    setDragged(undefined);
    set({ columns: columns.map((one) => (one.id === column.id ? column : one)) }, 'replace');
  };
  const template = `${CHECK}px ${wide.map(({ width }, at) => (at === wide.length - 1 ? `minmax(${width}px,1fr)` : `${width}px`)).join(' ')}`;
  const width = CHECK + wide.reduce((sum, one) => sum + one.width, 0);
  const at = current === null ? -1 : list.ids.indexOf(current);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
    // Only when another row becomes the current one.
    // eslint-disable-next-line react/exhaustive-deps
  }, [at]);

  return (
    <div
      ref={box}
      role="grid"
      aria-label="Runs"
      aria-rowcount={total === null ? -1 : total + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-activedescendant={current === null ? undefined : rowId(current)}
      tabIndex={0}
      className="min-h-0 flex-1 overflow-auto outline-none focus-visible:ring-2 focus-visible:ring-accent focus-visible:ring-inset [overflow-anchor:none]"
    >
      <div style={{ minWidth: width, height: virtual.getTotalSize() + ROW, position: 'relative' }}>
        <div
          role="row"
          aria-rowindex={1}
          className="sticky top-0 z-10 grid h-9 border-b border-line bg-surface text-xs text-quiet"
          style={{ gridTemplateColumns: template }}
        >
          <div role="columnheader" className="grid place-items-center">
            <input
              type="checkbox"
              aria-label="Choose all runs of this list"
              checked={selection.all && selection.except.size === 0}
              onChange={props.chooseAll}
              className="size-4 accent-(--accent)"
            />
          </div>
          {wide.map((column) => (
            <HeaderCell
              key={column.id}
              column={column}
              sort={sort}
              order={(next) => set({ sort: next })}
              drag={setDragged}
              resize={resize}
            />
          ))}
        </div>
        {items.map((item) => {
          const id = list.ids[item.index];
          return (
            <div
              key={item.key}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start}px)` }}
              role="presentation"
            >
              {id === undefined ? (
                <SkeletonRow />
              ) : (
                <Row
                  id={id}
                  index={item.index}
                  run={list.runs.get(id)}
                  columns={columns}
                  template={template}
                  isCurrent={id === current}
                  isChosen={isSelected(selection, id)}
                  choose={props.choose}
                  makeCurrent={props.makeCurrent}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const rowId = (id: string) => `run ${id}`.replaceAll(' ', '-');

interface RowProps {
  readonly id: string;
  readonly index: number;
  readonly run: RunNow | undefined;
  readonly columns: readonly Column[];
  readonly template: string;
  readonly isCurrent: boolean;
  readonly isChosen: boolean;
  readonly choose: (id: string, range: boolean) => void;
  readonly makeCurrent: (id: string) => void;
}

const Row = memo(function Row(props: RowProps) {
  const { id, index, run, columns, template, isCurrent, isChosen, choose, makeCurrent } = props;
  const click = (event: MouseEvent) => {
    if (event.target instanceof Element && event.target.closest('a, input') !== null) return;
    if (event.shiftKey) choose(id, true);
    else makeCurrent(id);
  };
  return (
    // Keys act on the current row wherever the focus is.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      role="row"
      id={rowId(id)}
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      onClick={click}
      className={cn(
        'grid h-9 items-center border-b border-line text-sm hover:bg-hover',
        isChosen && 'bg-accent-wash hover:bg-accent-wash',
        isCurrent && 'shadow-[inset_2px_0_0_var(--accent)]',
      )}
      style={{ gridTemplateColumns: template }}
    >
      <div role="gridcell" className="grid place-items-center">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`Choose ${id}`}
          checked={isChosen}
          onChange={() => undefined}
          onClick={(event) => choose(id, event.shiftKey)}
          className="size-4 accent-(--accent)"
        />
      </div>
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={cn(
            'min-w-0 overflow-hidden px-2 whitespace-nowrap',
            KNOWN_COLUMNS[column.id]?.right && 'text-right',
          )}
        >
          {run === undefined ? <Skeleton className="h-4" /> : <RunCell run={run} column={column.id} />}
        </div>
      ))}
    </div>
  );
});

function SkeletonRow() {
  return (
    <div className="flex h-9 items-center px-3" role="row" aria-label="More runs come">
      <div role="gridcell" className="w-full">
        <Skeleton className="h-4" />
      </div>
    </div>
  );
}
