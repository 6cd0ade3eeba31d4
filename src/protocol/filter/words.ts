/**
 * Cuts the text of a filter into words with their places: `-status:failed,"timed out"` is one word, negated, with a
 * field, an operator and two values. Says nothing of what fields there are.
 */
import type { FilterFault } from './fault.ts';

const OPERATORS = [':', '>=', '<=', '>', '<'] as const;
export type Operator = (typeof OPERATORS)[number];

/** A stretch of the text. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** Without quotes. */
  readonly text: string;
  /** Some of it was quoted: its stars are stars. */
  readonly quoted: boolean;
}

export interface Word {
  readonly from: number;
  readonly to: number;
  readonly negated: boolean;
  /** Null: a word of text, which is the one value. */
  readonly field: Piece | null;
  readonly operator: Operator;
  readonly values: readonly Piece[];
}

export interface Words {
  readonly words: readonly Word[];
  readonly faults: readonly FilterFault[];
}

const NAME = /[A-Za-z][A-Za-z_]*(?=[:=<>])/y;

/** Every word of the text, in its order. A quote that is not closed ends with the text. */
export function wordsOf(text: string): Words {
  const words: Word[] = [];
  const faults: FilterFault[] = [];
  for (let at = 0; at < text.length;) {
    if (isSpace(text[at])) {
      at++;
      continue;
    }
    const word = wordAt(text, at, faults);
    words.push(word);
    at = word.to;
  }
  return { words, faults };
}

function wordAt(text: string, from: number, faults: FilterFault[]): Word {
  const negated = text[from] === '-' && from + 1 < text.length && !isSpace(text[from + 1]);
  const start = negated ? from + 1 : from;
  const name = nameAt(text, start);
  if (name === null) {
    const value = pieceAt(text, start, '', faults);
    return { from, to: value.to, negated, field: null, operator: ':', values: [value] };
  }
  const { operator, to: valuesFrom } = operatorAt(text, name.to);
  const values = valuesAt(text, valuesFrom, faults);
  const to = values.at(-1)?.to ?? valuesFrom;
  return { from, to, negated, field: name, operator, values };
}

function nameAt(text: string, from: number): Piece | null {
  NAME.lastIndex = from;
  const found = NAME.exec(text)?.[0];
  return found === undefined ? null : { from, to: from + found.length, text: found, quoted: false };
}

/** `=` is what many type for `:`. */
function operatorAt(text: string, from: number): { readonly operator: Operator; readonly to: number } {
  const operator = OPERATORS.find((one) => text.startsWith(one, from)) ?? ':';
  return { operator, to: from + (text[from] === '=' ? 1 : operator.length) };
}

/** One piece at least: an empty one where nothing stands. */
function valuesAt(text: string, from: number, faults: FilterFault[]): readonly Piece[] {
  const values = [pieceAt(text, from, ',', faults)];
  for (let last = values[0]; last !== undefined && text[last.to] === ',';) {
    last = pieceAt(text, last.to + 1, ',', faults);
    values.push(last);
  }
  return values;
}

/** Up to a space, or to one of `ends`, outside of quotes. In quotes a backslash keeps the character after it. */
function pieceAt(text: string, from: number, ends: string, faults: FilterFault[]): Piece {
  let value = '';
  let opened = -1;
  let quoted = false;
  let at = from;
  for (; at < text.length; at++) {
    const character = text[at] ?? '';
    if (opened < 0 && (isSpace(character) || ends.includes(character))) break;
    if (character === '"') {
      quoted = true;
      opened = opened < 0 ? at : -1;
    } else if (opened >= 0 && character === '\\' && at + 1 < text.length) value += text[++at] ?? '';
    else value += character;
  }
  if (opened >= 0) faults.push(openQuote(opened, text.length));
  return { from, to: at, text: value, quoted };
}

function openQuote(from: number, to: number): FilterFault {
  return { from, to, code: 'quote_open', message: 'the quote is not closed', hint: 'Close it with ".' };
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}

/** A value as it stands in a filter: quoted where it would be read otherwise. */
export function quotedValue(value: string): string {
  return value !== '' && /^[^\s",*…\\]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}
