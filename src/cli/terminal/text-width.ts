/**
 * Texts in the cells of a terminal: measured, cut, filled and wrapped by what is seen. Wide characters (CJK, emoji)
 * count two cells, combining marks and our own marks of colour none; what a terminal would obey counts as the escape
 * that is shown in its place. Never cuts within what a person sees as one character.
 */
import stringWidth from 'string-width';
import { safeText } from '../../log/safe-text.ts';
import { endOfMark, withoutMarks } from './style.ts';

const TAB = '    ';
const SEGMENTS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Cells of one line of text. */
export function widthOf(text: string): number {
  // What is plain ASCII needs no look at Unicode's tables.
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  return stringWidth(withoutMarks(safeText(text)).replaceAll('\t', TAB));
}

/** Filled up with spaces to so many cells. */
export function padTo(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const fill = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'right' ? text + fill : fill + text;
}

/** The first line of a text in at most so many cells; `…` says that there is more. */
export function cutTo(text: string, width: number): string {
  const [line = ''] = text.replace(/^(\s*\n)+/, '').split(/\r?\n/, 1);
  const whole = line.trim() === text.trim();
  if (whole && fits(line, width)) return line;
  const head = headOf(line, Math.max(0, width - 1)).trimEnd();
  return `${head}…${endOfMark(head)}`;
}

/** As many characters of the beginning as fit. */
function headOf(text: string, width: number): string {
  let cells = 0;
  let head = '';
  for (const { segment } of SEGMENTS.segment(text)) {
    cells += widthOf(segment);
    if (cells > width) break;
    head += segment;
  }
  return head;
}

/**
 * The lines of a text, each in at most `width` cells, broken between words; a word longer than a line is broken where
 * it must. A line that begins with spaces keeps them in the lines that it is broken into, and `hanging` more.
 */
export function wrapTo(text: string, width: number, hanging = ''): string[] {
  return linesOf(text).flatMap((line) => wrapLine(line, width, (/^ */.exec(line)?.[0] ?? '') + hanging));
}

/** A text behind a head, with each of its lines below the first indented, in at most `width` cells a line. */
export function hang(head: string, text: string, width: number, indent = ' '.repeat(widthOf(head))): string {
  const [first = '', ...rest] = linesOf(text);
  return [
    ...wrapLine(`${head}${first}`, width, indent),
    ...rest.flatMap((line) => wrapLine(`${indent}${line}`, width, indent)),
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

const linesOf = (text: string): string[] => text.split(/\r?\n/).map((line) => line.replaceAll('\t', TAB));

/** No look at the whole of a long text is needed to know that it does not. */
const fits = (text: string, width: number): boolean =>
  text.length <= width * MOST_UNITS && widthOf(text) <= width;

/** Code units that a cell may take, such as those of a family of four with its joiners: more is taken as too long. */
const MOST_UNITS = 16;

/** @param indent of the lines below the first */
function wrapLine(line: string, width: number, indent: string): string[] {
  if (fits(line, width)) return [line];
  // A narrow screen has no room for an indent.
  const next = widthOf(indent) > width / 2 ? '' : indent;
  const lines: string[] = [];
  let current = '';
  for (const [, space = '', word = ''] of line.matchAll(/( *)([^ ]*)/g)) {
    if (word === '') continue;
    if (current.trim() !== '' && !fits(current + space + word, width)) {
      lines.push(current);
      current = next + word;
    } else {
      current += space + word;
    }
    const parts = brokenWord(current, width, next);
    lines.push(...parts.slice(0, -1));
    current = parts.at(-1) ?? '';
  }
  return [...lines, current];
}

/** A line without a place to break it, in one walk over it: texts may be long. */
function brokenWord(line: string, width: number, indent: string): string[] {
  if (fits(line, width)) return [line];
  const lines: string[] = [];
  const room = widthOf(indent);
  let current = '';
  let cells = 0;
  let isBare = true;
  for (const { segment } of SEGMENTS.segment(line)) {
    const more = widthOf(segment);
    // At least one character a line, however wide.
    if (cells + more > width && !isBare) {
      lines.push(current);
      [current, cells] = [indent, room];
    }
    current += segment;
    cells += more;
    isBare = current.trim() === '';
  }
  return [...lines, current];
}

/** Narrower columns are no help to a reader. */
export const MIN_ROOM = 20;

/** How many cells a stream's lines have; nothing is wrapped where no terminal shows it. */
export function widthFor(stream: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return stream.isTTY === true && (stream.columns ?? 0) > 0 ? (stream.columns ?? Infinity) : Infinity;
}
