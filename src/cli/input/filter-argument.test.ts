import { expect, it } from 'vitest';
import { filterArgument } from './filter-argument.ts';

it('is the words, whether they came as one or as several', () => {
  expect(filterArgument(['status:failed', 'cost>1'])).toBe('status:failed cost>1');
  expect(filterArgument([])).toBe('');
});

it('marks what cannot be read where it stands', () => {
  expect(() => filterArgument(['cost>1 statsu:failed'])).toThrow(
    [
      'the filter cannot be read:',
      '  cost>1 statsu:failed',
      '         ^^^^^^ "statsu" is nothing that runs are filtered by',
      '  Did you mean "status"?',
    ].join('\n'),
  );
});
