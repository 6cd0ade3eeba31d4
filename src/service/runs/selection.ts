/** The filter of a request as a selection of runs, or all that is wrong with it. */
import { InvalidError } from '../../errors/errors.ts';
import { parseRunFilter, type Condition } from '../../protocol/filter/run-filter.ts';

/** @throws InvalidError `invalid_filter`, a detail for each fault with its column and what is possible */
export function conditionsOf(text: string | undefined): readonly Condition[] {
  const { conditions, faults } = parseRunFilter(text ?? '');
  const [first] = faults;
  if (first === undefined) return conditions;
  const details = faults.map(({ from, code, message, hint }) => ({
    ...{ path: 'query.filter', code, message, line: 1, column: from + 1 },
    ...(hint !== undefined && { hint }),
  }));
  const summary = faults.map(
    ({ from, message, hint = '' }) => `At character ${from + 1}: ${message}. ${hint}`,
  );
  throw new InvalidError('invalid_filter', `The filter cannot be read. ${summary.join(' ').trim()}`, details);
}
