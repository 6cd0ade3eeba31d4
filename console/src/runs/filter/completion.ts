/** What may stand next in a filter that is being written: fields first, then their values. Pure. */
import { FIELDS, FIELD_NAMES, fieldNamed, type FieldName } from '../../../../src/protocol/filter/fields.ts';
import { quotedValue, wordsOf } from '../../../../src/protocol/filter/words.ts';

export interface Option {
  /** What takes the place of `from` to the end. */
  readonly insert: string;
  readonly shown: string;
  readonly help: string;
  /** The word is whole with it. */
  readonly whole: boolean;
}

export interface Completion {
  readonly from: number;
  /** Of this field the API knows values. */
  readonly field: FieldName | null;
  readonly options: readonly Option[];
}

/** A value that occurs, and in how many runs of late. */
export interface Occurring {
  readonly value: string;
  readonly runs: number;
}

const VALUES: Partial<Record<FieldName, readonly (readonly [string, string])[]>> = {
  created: [
    ['<1h', 'within the last hour'],
    ['<24h', 'within the last day'],
    ['<7d', 'within the last week'],
    [':today', 'since midnight'],
    [':yesterday', 'the day before'],
  ],
  ended: [
    ['<1h', 'within the last hour'],
    ['<24h', 'within the last day'],
    [':today', 'since midnight'],
  ],
  updated: [
    ['<5m', 'within the last five minutes'],
    ['>1h', 'not within the last hour'],
  ],
  duration: [
    ['>10m', 'longer than ten minutes'],
    ['>1h', 'longer than an hour'],
  ],
  cost: [
    ['>1', 'more than a dollar'],
    ['>10', 'more than ten dollars'],
    [':unknown', 'a price is not known'],
  ],
  tokens: [
    ['>100k', 'more than 100,000'],
    ['>1M', 'more than a million'],
  ],
  turns: [['>20', 'more than twenty']],
  attempts: [['>1', 'a step was tried again']],
};

const MOST = 12;

/** @param occurring values of the field that is being written, as far as they are known */
export function completionOf(draft: string, occurring: readonly Occurring[] = []): Completion {
  const last = wordsOf(draft).words.at(-1);
  const word = last !== undefined && last.to === draft.length ? last : undefined;
  const field = word?.field == null ? undefined : fieldNamed(word.field.text);
  if (word === undefined || word.field === null) {
    const from = word === undefined ? draft.length : word.from + (word.negated ? 1 : 0);
    return { from, field: null, options: fieldOptions(draft.slice(from)) };
  }
  const piece = word.values.at(-1);
  const from = piece?.from ?? draft.length;
  if (field === undefined) return { from, field: null, options: [] };
  const begun = (piece?.text ?? '').toLowerCase();
  return { from, field, options: valueOptions(field, begun, occurring) };
}

function fieldOptions(begun: string): readonly Option[] {
  const small = begun.toLowerCase();
  return FIELD_NAMES.filter((name) => name.startsWith(small)).flatMap((name): Option[] => {
    const { help } = FIELDS[name];
    const amounts = VALUES[name];
    if (amounts !== undefined) {
      return amounts.slice(0, small.length > 2 ? amounts.length : 1).map(([rest, about]) => ({
        insert: `${name}${rest}`,
        shown: `${name}${rest}`,
        help: about,
        whole: true,
      }));
    }
    return [{ insert: `${name}:`, shown: `${name}:`, help, whole: false }];
  });
}

function valueOptions(field: FieldName, begun: string, occurring: readonly Occurring[]): readonly Option[] {
  const known = FIELDS[field];
  const words = ('words' in known ? known.words : []).map((value) => ({ value, help: '' }));
  const found = occurring.map(({ value, runs }) => ({
    value,
    help: `${runs.toLocaleString('en')} of late`,
  }));
  const amounts = (VALUES[field] ?? []).map(([rest, help]) => ({
    value: rest.replace(/^[:<>]=?/, ''),
    help,
  }));
  return [...words, ...found, ...amounts]
    .filter(({ value }) => value.toLowerCase().includes(begun))
    .slice(0, MOST)
    .map(({ value, help }) => ({ insert: insertOf(field, value), shown: value, help, whole: true }));
}

/** Of a label only its value may need quotes. */
function insertOf(field: FieldName, value: string): string {
  const split = value.indexOf('=');
  if (field !== 'label' || split < 0) return quotedValue(value);
  return `${value.slice(0, split)}=${quotedValue(value.slice(split + 1))}`;
}
