/** What ends the reading of a definition's text at once, and the bounds of what is read. */

export const MAX_DEPTH = 50;
export const MAX_VALUES = 50_000;

/** Something that ends the parse at once. */
export class Refusal extends Error {
  readonly code: string;
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(code: string, offset: number, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.hint = hint;
  }
}

export const tooDeep = (offset: number): Refusal =>
  new Refusal(
    'too_deep',
    offset,
    `The definition is nested more than ${MAX_DEPTH} levels deep.`,
    'Nest less.',
  );

export const tooManyValues = (offset: number): Refusal =>
  new Refusal(
    'too_many_values',
    offset,
    `The definition holds more than ${MAX_VALUES} values.`,
    'Split the workflow.',
  );
