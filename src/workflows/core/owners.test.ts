import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idOf, ownerOf } from './kernel/owners.ts';
import type { Owner } from './kernel/owners.ts';

const count = fc.nat({ max: 2 ** 31 });
/** Addresses as they will be, and any other text: it may hold what ids are put together with. */
const step = fc.oneof(
  fc.constantFrom('build', 'build[3]/test', 'build[eu]/retry[2]/check', 'plan', 'a#1', 'a#1/2.0', 'a\nb'),
  fc
    .array(fc.string({ unit: fc.constantFrom('a', '#', '/', '.', '[', ']', '1', '$', '\n') }), {
      minLength: 1,
    })
    .map((parts) => `s${parts.join('')}`),
);
const owner: fc.Arbitrary<Owner> = fc.oneof(
  fc.constant({ type: 'plan' } as const),
  fc.record({ type: fc.constant('outputs' as const), attempt: count }),
  fc.record({ type: fc.constant('workspace' as const), generation: count }),
  fc.record({ type: fc.constant('attempt' as const), step, attempt: count }),
  fc.record({ type: fc.constant('turn' as const), step, attempt: count, turn: count }),
  fc.record({ type: fc.constant('call' as const), step, attempt: count, turn: count, index: count }),
);

describe('the ids of open work', () => {
  it('lead back to their owners, whatever the step is called', () => {
    fc.assert(
      fc.property(owner, (one) => {
        expect(ownerOf(idOf(one))).toEqual(one);
      }),
    );
  });

  it.each<[string, Owner]>([
    ['plan', { type: 'plan' }],
    ['plan#1', { type: 'attempt', step: 'plan', attempt: 1 }],
    ['$outputs#1', { type: 'outputs', attempt: 1 }],
    ['$workspace#2', { type: 'workspace', generation: 2 }],
    ['fetch#1', { type: 'attempt', step: 'fetch', attempt: 1 }],
    ['code#2/13', { type: 'turn', step: 'code', attempt: 2, turn: 13 }],
    ['code#2/13.4', { type: 'call', step: 'code', attempt: 2, turn: 13, index: 4 }],
    ['build[3]/test#1/2.0', { type: 'call', step: 'build[3]/test', attempt: 1, turn: 2, index: 0 }],
  ])('%s is as histories have it', (id, one) => {
    expect(idOf(one)).toBe(id);
    expect(ownerOf(id)).toEqual(one);
  });

  it.each(['', '#1', 'work', '$plan', '$other#1', '$workspace#1/2', 'a#', 'a#x', 'a#1/2.', '1'])(
    '%j is nobody’s',
    (id) => {
      expect(ownerOf(id)).toBeNull();
    },
  );
});
