/** Why an expression has no value. The codes are those of the failure list, so that a step can fail with them. */
import type { FailureCode } from '../protocol/failure.ts';

export type ExpressionErrorCode = Extract<
  FailureCode,
  'value_missing' | 'expression_error' | 'expression_too_expensive' | 'number_out_of_range'
>;

export class ExpressionError extends Error {
  readonly code: ExpressionErrorCode;

  constructor(code: ExpressionErrorCode, message: string) {
    super(message);
    this.name = 'ExpressionError';
    this.code = code;
  }
}
