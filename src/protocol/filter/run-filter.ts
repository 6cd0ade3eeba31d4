/**
 * The grammar in which runs are looked for, one for the address of a page, the API and the command line:
 *
 *     status:failed,running workflow:code-review label:team=payments created<24h cost>1.50 -by:ana "some words"
 *
 * Words stand for conditions that all have to hold; a comma means "or", a minus "not". Pure; each fault names its place.
 */
import { closest, hintFor } from '../../plan/suggest.ts';
import type { RunStatus } from '../status.ts';
import { parseCount, parseMoment, parseMoney, parseSeconds, type Moment } from './amounts.ts';
import { MAX_FILTER_CHARS, type FilterFault } from './fault.ts';
import {
  FIELDS,
  FIELD_NAMES,
  NEEDS_WORDS,
  STATUS_WORDS,
  WAITING_WORDS,
  fieldNamed,
  type FieldName,
  type FieldOf,
} from './fields.ts';
import type { WaitingKind } from './waiting-kinds.ts';
import { wordsOf, type Operator, type Piece, type Word } from './words.ts';

/** A text; `wild`: its stars stand for anything. */
export interface Pattern {
  readonly text: string;
  readonly wild: boolean;
}

type Meaning =
  | { readonly field: 'status'; readonly any: readonly RunStatus[] }
  | { readonly field: 'waiting'; readonly any: readonly WaitingKind[] }
  | { readonly field: FieldOf<'pattern'>; readonly any: readonly Pattern[] }
  /** `any` empty: it has the label, whatever its value. */
  | { readonly field: 'label'; readonly name: string; readonly any: readonly Pattern[] }
  | { readonly field: FieldOf<'time'>; readonly is: 'before' | 'after' | 'on'; readonly moment: Moment }
  /** `amount` null: it is not known. */
  | { readonly field: FieldOf<'amount'>; readonly operator: Operator; readonly amount: number | null }
  | { readonly field: 'text'; readonly text: string };

/** A word of a filter: its place, and what it means. */
export type Condition = Meaning & {
  readonly from: number;
  readonly to: number;
  readonly negated: boolean;
};

export interface RunFilter {
  readonly conditions: readonly Condition[];
  readonly faults: readonly FilterFault[];
}

const MAX_CONDITIONS = 50;

/** What the text means; where it has faults, what the rest of it means. */
export function parseRunFilter(text: string): RunFilter {
  if (text.length > MAX_FILTER_CHARS) return { conditions: [], faults: [tooLong(text)] };
  const { words, faults } = wordsOf(text);
  const found = [...faults];
  const tell = (fault: FilterFault) => {
    found.push(fault);
    return null;
  };
  const conditions = words.flatMap((word) => {
    const meaning = meaningOf(word, tell);
    return meaning === null ? [] : [{ ...meaning, from: word.from, to: word.to, negated: word.negated }];
  });
  const last = conditions[MAX_CONDITIONS];
  if (last !== undefined) found.push(tooLarge(last));
  return { conditions, faults: found.toSorted((one, other) => one.from - other.from) };
}

/** Notes a fault; what it stands in means nothing. */
type Tell = (fault: FilterFault) => null;

function meaningOf(word: Word, tell: Tell): Meaning | null {
  const { field: piece, values } = word;
  if (piece === null) return textOf(values[0]);
  const field = fieldNamed(piece.text);
  if (field === undefined) return tell(unknownField(piece, word));
  const empty = values.find(({ text, quoted }) => text === '' && !quoted);
  if (empty !== undefined) return tell(missingValue(word, field));
  const { kind } = FIELDS[field];
  if ((kind === 'words' || kind === 'pattern' || kind === 'label') && word.operator !== ':') {
    return tell(unfitOperator(word, field));
  }
  return MEANINGS[kind](field as never, word, tell);
}

const MEANINGS: {
  readonly [Kind in (typeof FIELDS)[FieldName]['kind']]: (
    field: FieldOf<Kind>,
    word: Word,
    tell: Tell,
  ) => Meaning | null;
} = {
  words: (field, { values }, tell) => {
    if (field === 'status') return listed(field, values, STATUS_WORDS, tell);
    return listed('waiting', values, field === 'needs' ? NEEDS_WORDS : WAITING_WORDS, tell);
  },
  pattern: (field, { values }) => ({ field, any: values.map(patternOf) }),
  label: (_, word, tell) => labelOf(word, tell),
  time: (field, word, tell) => timeOf(field, word, tell),
  amount: (field, word, tell) => amountOf(field, word, tell),
};

function textOf(piece: Piece | undefined): Meaning | null {
  return piece === undefined || piece.text === '' ? null : { field: 'text', text: piece.text };
}

function listed<Field extends 'status' | 'waiting', One>(
  field: Field,
  values: readonly Piece[],
  words: Readonly<Record<string, readonly One[]>>,
  tell: Tell,
): { readonly field: Field; readonly any: readonly One[] } | null {
  const any = values.flatMap((piece) => {
    const known = words[piece.text.toLowerCase().replaceAll(/[- ]/g, '_')];
    if (known === undefined) tell(unknownValue(piece, Object.keys(words)));
    return known ?? [];
  });
  return any.length === 0 ? null : { field, any: [...new Set(any)] };
}

function patternOf({ text, quoted }: Piece): Pattern {
  if (quoted) return { text, wild: false };
  const cut = text.replace(/…$/, '*');
  return { text: cut, wild: cut.includes('*') };
}

/** `team=payments,growth`: the name stands once. */
function labelOf({ values }: Word, tell: Tell): Meaning | null {
  const [first, ...others] = values;
  if (first === undefined) return null;
  const split = first.text.indexOf('=');
  const name = split < 0 ? first.text : first.text.slice(0, split);
  if (split < 0 && others.length === 0) return { field: 'label', name, any: [] };
  if (split < 1) {
    const message = `"${first.text}" has no value to compare with`;
    return tell(faultAt(first, 'value_unknown', message, 'Write label:name=value,other.'));
  }
  const value = patternOf({ ...first, text: first.text.slice(split + 1) });
  return { field: 'label', name, any: [value, ...others.map(patternOf)] };
}

function timeOf(field: FieldOf<'time'>, word: Word, tell: Tell): Meaning | null {
  const [piece, second] = word.values;
  if (piece === undefined) return null;
  if (second !== undefined) return tell(oneValue(second, field));
  const moment = parseMoment(piece.text);
  if (moment === null) {
    const hint = 'Write an age (24h, 7d), a day (today, 2026-11-01) or a time (2026-11-01T14:30).';
    return tell(faultAt(piece, 'value_unknown', `"${piece.text}" is no point in time`, hint));
  }
  // An age is small where the time is late.
  if ('agoMs' in moment) return { field, moment, is: word.operator.startsWith('>') ? 'before' : 'after' };
  if (word.operator !== ':') return { field, moment, is: word.operator.startsWith('<') ? 'before' : 'after' };
  if ('daysAgo' in moment || ('day' in moment && moment.day)) return { field, moment, is: 'on' };
  const hint = `Write ${field}<${piece.text} or ${field}>${piece.text}.`;
  return tell(faultAt(word, 'operator_unfit', 'nothing is at exactly that time', hint));
}

function amountOf(field: FieldOf<'amount'>, word: Word, tell: Tell): Meaning | null {
  const [piece, second] = word.values;
  if (piece === undefined) return null;
  if (second !== undefined) return tell(oneValue(second, field));
  const { operator } = word;
  if (field === 'cost' && operator === ':' && piece.text.toLowerCase() === 'unknown') {
    return { field, operator, amount: null };
  }
  const parse = field === 'duration' ? parseSeconds : field === 'cost' ? parseMoney : parseCount;
  const amount = parse(piece.text);
  if (amount !== null) return { field, operator, amount };
  const message = `"${piece.text}" is no ${field === 'duration' ? 'duration' : field === 'cost' ? 'amount of money' : 'number'}`;
  return tell(faultAt(piece, 'value_unknown', message, `Write ${FIELDS[field].examples.join(' or ')}.`));
}

interface Place {
  readonly from: number;
  readonly to: number;
}

function faultAt({ from, to }: Place, code: FilterFault['code'], message: string, hint: string): FilterFault {
  return { from, to, code, message, hint };
}

function unknownField(piece: Piece, { values, to }: Word): FilterFault {
  const near = closest(piece.text, FIELD_NAMES);
  const label = values[0]?.text ?? '';
  const hint =
    near === undefined
      ? `Known here: ${FIELD_NAMES.join(', ')}. A label is label:${piece.text}=${label}; text goes into quotes.`
      : `Did you mean "${near}"?`;
  return faultAt(
    { from: piece.from, to: Math.min(piece.to, to) },
    'field_unknown',
    `"${piece.text}" is nothing that runs are filtered by`,
    hint,
  );
}

function unknownValue(piece: Piece, known: readonly string[]): FilterFault {
  const near = closest(piece.text, known);
  const hint = near === undefined ? `Known here: ${known.join(', ')}.` : hintFor(piece.text, known, '');
  return faultAt(piece, 'value_unknown', `"${piece.text}" is none of its values`, hint);
}

function missingValue(word: Word, field: FieldName): FilterFault {
  const { words, examples }: { readonly words?: readonly string[]; readonly examples: readonly string[] } =
    FIELDS[field];
  const hint = words === undefined ? `Write ${examples.join(' or ')}.` : `Known here: ${words.join(', ')}.`;
  return faultAt(word, 'value_missing', `"${field}" wants a value`, hint);
}

function unfitOperator(word: Word, field: FieldName): FilterFault {
  return faultAt(
    word,
    'operator_unfit',
    `"${field}" is not more or less than something`,
    `Write ${FIELDS[field].examples[0]}.`,
  );
}

function oneValue(piece: Piece, field: FieldName): FilterFault {
  return faultAt(piece, 'value_unknown', `"${field}" takes one value`, `Write ${FIELDS[field].examples[0]}.`);
}

function tooLong({ length }: string): FilterFault {
  const message = `the filter has ${length} characters`;
  return faultAt(
    { from: MAX_FILTER_CHARS, to: length },
    'filter_too_long',
    message,
    `At most ${MAX_FILTER_CHARS}.`,
  );
}

function tooLarge(place: Place): FilterFault {
  return faultAt(
    place,
    'filter_too_large',
    'the filter has too many conditions',
    `At most ${MAX_CONDITIONS}.`,
  );
}
