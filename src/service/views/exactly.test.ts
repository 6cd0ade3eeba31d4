import { expect, it } from 'vitest';
import { exactly } from './exactly.ts';

interface Shown {
  readonly id: string;
  readonly at: string | null;
}

it('the compiler refuses what the contract does not know, and what is missing', () => {
  const row = { id: '1', at: null, position: 'p' };
  // @ts-expect-error: `position` is the cursor's, not the reader's
  exactly<Shown>()({ ...row });
  // @ts-expect-error: `at` is missing
  exactly<Shown>()({ id: '1' });
  const { position: _, ...shown } = row;
  expect(exactly<Shown>()(shown)).toEqual({ id: '1', at: null });
});
