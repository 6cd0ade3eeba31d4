/**
 * Tables in a terminal's width: columns as wide as their widest cell, the last one wrapped by words. What does not fit
 * beside it goes below its row; columns that may be missing are left out before. Whatever names something to be typed
 * again is never cut.
 */
import { MIN_ROOM, padTo, widthOf, wrapTo } from './text-width.ts';

export interface Column {
  readonly head: string;
  readonly side?: 'left' | 'right';
  /** Where the table is too wide, columns with a number are left out, the greatest first. */
  readonly drop?: number;
}

const GAP = '  ';
const BELOW = '    ';

/**
 * @param width of a line; Infinity: as wide as it comes
 * @param least cells in which the last column is wrapped; with less it goes below
 */
export function fitTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  least = MIN_ROOM,
): string {
  const shown = chosen(columns, rows, width, least);
  const head = shown.map(({ head }) => head);
  const cells = rows.map((row) => shown.map(({ at }) => row[at] ?? ''));
  const widths = widthsOf(head, cells);
  const before = sum(widths.slice(0, -1)) + GAP.length * (widths.length - 1);
  const room = width - before;
  const last = widths.at(-1) ?? 0;
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : padTo(cell, widths[i] ?? 0, sideOf(shown[i]))))
      .join(GAP)
      .trimEnd();
  if (last <= room) return [head, ...cells].map(line).join('\n');
  if (room >= least) {
    return [head, ...cells].flatMap((row) => wrapped(row, room, before, line)).join('\n');
  }
  const below = (row: readonly string[]) => [
    ...wrapTo(line([...row.slice(0, -1), '']).trimEnd(), width, BELOW),
    ...(row.at(-1) === '' ? [] : wrapTo(`${BELOW}${row.at(-1) ?? ''}`, width)),
  ];
  return [...wrapTo(line([...head.slice(0, -1), '']), width, BELOW), ...cells.flatMap(below)].join('\n');
}

interface Shown extends Column {
  readonly at: number;
}

/**
 * Without as many of those that may be missing as it takes for the last one to have room beside the others; where that
 * is not enough it goes below, and they keep the whole width.
 */
function chosen(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  least: number,
): readonly Shown[] {
  const all: readonly Shown[] = columns
    .map((column, at) => ({ ...column, at }))
    // A column of which nothing is known says nothing.
    .filter(({ drop, at }) => drop === undefined || rows.some((row) => (row[at] ?? '') !== ''));
  const cellsOf = (column: Shown): number =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[column.at] ?? '')), widthOf(column.head));
  const widths = new Map(all.map((column) => [column.at, cellsOf(column)]));
  const last = widths.get(all.at(-1)?.at ?? 0) ?? 0;
  const before = (shown: readonly Shown[]): number =>
    shown.slice(0, -1).reduce((sum, { at }) => sum + (widths.get(at) ?? 0) + GAP.length, 0);
  const ways = withFewer(all);
  return (
    ways.find((shown) => before(shown) + Math.min(last, least) <= width) ??
    ways.find((shown) => before(shown) - GAP.length <= width) ??
    ways.at(-1) ??
    all
  );
}

/** All of them, then without one after the other, the greatest number first. */
function withFewer(all: readonly Shown[]): (readonly Shown[])[] {
  const victims = all
    .filter(({ drop }) => drop !== undefined)
    .toSorted((a, b) => (b.drop ?? 0) - (a.drop ?? 0));
  return [all, ...victims.map((_, i) => all.filter((column) => !victims.slice(0, i + 1).includes(column)))];
}

function wrapped(
  row: readonly string[],
  room: number,
  before: number,
  line: (row: readonly string[]) => string,
): string[] {
  const [first = '', ...rest] = wrapTo(row.at(-1) ?? '', room);
  return [line([...row.slice(0, -1), first]), ...rest.map((text) => `${' '.repeat(before)}${text}`)];
}

const widthsOf = (head: readonly string[], cells: readonly (readonly string[])[]): number[] =>
  head.map((title, column) =>
    cells.reduce((most, row) => Math.max(most, widthOf(row[column] ?? '')), widthOf(title)),
  );
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const sideOf = (column: Column | undefined): 'left' | 'right' =>
  column?.side === 'right' ? 'left' : 'right';
