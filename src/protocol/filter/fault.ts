/** What is wrong with a filter, with its place: `from` and `to` count characters of its text. */
export interface FilterFault {
  readonly from: number;
  readonly to: number;
  readonly code:
    | 'field_unknown'
    | 'value_unknown'
    | 'value_missing'
    | 'operator_unfit'
    | 'quote_open'
    | 'filter_too_long'
    | 'filter_too_large';
  readonly message: string;
  /** What is possible, or what was probably meant. */
  readonly hint?: string;
}

/** Longest that a filter may be, in characters. */
export const MAX_FILTER_CHARS = 12_000;
