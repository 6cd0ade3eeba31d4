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

/** @param width of a line; Infinity: as wide as it comes */
export function fitTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const shown = chosen(columns, rows, width);
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
  if (room >= MIN_ROOM) {
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

/** Without as many of those that may be missing as it takes. */
function chosen(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly Shown[] {
  let shown: readonly Shown[] = columns
    .map((column, at) => ({ ...column, at }))
    // A column of which nothing is known says nothing.
    .filter(({ drop, at }) => drop === undefined || rows.some((row) => (row[at] ?? '') !== ''));
  for (;;) {
    const cells = rows.map((row) => shown.map(({ at }) => row[at] ?? ''));
    const widths = widthsOf(
      shown.map(({ head }) => head),
      cells,
    );
    const needed = sum(widths.slice(0, -1)) + GAP.length * (widths.length - 1);
    const last = Math.min(widths.at(-1) ?? 0, WANTED);
    const victim = shown.toSorted((a, b) => (b.drop ?? 0) - (a.drop ?? 0))[0];
    if (needed + last <= width || victim?.drop === undefined) return shown;
    shown = shown.filter(({ at }) => at !== victim.at);
  }
}

/** So many cells make the last column worth a missing one. */
const WANTED = 32;

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
