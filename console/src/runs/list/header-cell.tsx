/** The head of a column: orders the list where its field can, and makes the column wider or narrower, by pointer or by arrow keys. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { cn } from '../../parts/class-names.ts';
import {
  clamped,
  KNOWN_COLUMNS,
  NARROWEST,
  nextSort,
  titleOf,
  WIDEST,
  type Column,
} from '../columns/columns.ts';
import type { RunSort } from '../list-state.ts';

/** Pixels of one press of an arrow key. */
const STEP = 16;

interface HeaderCellProps {
  readonly column: Column;
  /** Undefined: the newest first. */
  readonly sort: RunSort | undefined;
  readonly order: (sort: RunSort | undefined) => void;
  /** Told its width while it is dragged; undefined: it is let go without a change. */
  readonly drag: (column: Column | undefined) => void;
  readonly resize: (column: Column) => void;
}

export function HeaderCell({ column, sort, order, drag, resize }: HeaderCellProps) {
  const { id } = column;
  const known = KNOWN_COLUMNS[id];
  const field = known?.sort;
  const now = field === undefined ? undefined : orderOf(sort ?? '-created', field);
  const Arrow = now === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <div
      role="columnheader"
      aria-sort={now}
      className={cn('relative flex min-w-0 items-center px-2', known?.right && 'justify-end')}
    >
      {field === undefined ? (
        <span className="truncate">{titleOf(id)}</span>
      ) : (
        <button
          type="button"
          className="flex min-w-0 items-center gap-1 rounded hover:text-ink"
          onClick={() => order(nextSort(sort, field) as RunSort | undefined)}
        >
          <span className="truncate">{titleOf(id)}</span>
          {now !== 'none' && <Arrow className="size-3 shrink-0" aria-hidden />}
        </button>
      )}
      <Edge column={column} drag={drag} resize={resize} />
    </div>
  );
}

function orderOf(sort: string, field: string): 'ascending' | 'descending' | 'none' {
  if (sort === field) return 'ascending';
  return sort === `-${field}` ? 'descending' : 'none';
}

type EdgeProps = Pick<HeaderCellProps, 'column' | 'drag' | 'resize'>;

function Edge({ column: { id, width }, drag, resize }: EdgeProps) {
  const grip = useRef<{ readonly x: number; readonly width: number }>(undefined);
  const byKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    resize({ id, width: clamped(width + (event.key === 'ArrowLeft' ? -STEP : STEP)) });
  };
  const take = (event: PointerEvent) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = { x: event.clientX, width };
  };
  const widthAt = (event: PointerEvent) =>
    grip.current === undefined ? undefined : clamped(grip.current.width + event.clientX - grip.current.x);
  const move = (event: PointerEvent) => {
    const at = widthAt(event);
    if (at !== undefined) drag({ id, width: at });
  };
  const release = (event: PointerEvent) => {
    const at = widthAt(event);
    grip.current = undefined;
    if (at !== undefined) resize({ id, width: at });
  };
  const cancel = () => {
    grip.current = undefined;
    drag(undefined);
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${titleOf(id)}`}
      aria-valuenow={width}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      tabIndex={0}
      onPointerDown={take}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={cancel}
      onKeyDown={byKey}
      className="absolute top-1.5 right-0 bottom-1.5 w-1.5 cursor-col-resize touch-none border-r border-line hover:border-accent"
    />
  );
}
