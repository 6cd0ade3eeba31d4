import { expect, it } from 'vitest';
import { identified } from './tool-calls.ts';

const call = (id: string | null) => ({ id, name: 'read_file', input: {} });
const idsOf = (ids: readonly (string | null)[]) => identified(ids.map(call), 7).map(({ id }) => id);

it.each([
  ['keeps what the vendor gave', ['a', 'b'], ['a', 'b']],
  ['names those without', [null, 'b', null], ['call_7_1', 'b', 'call_7_3']],
  ['renames what repeats another', ['a', 'a', 'a'], ['a', 'call_7_2', 'call_7_3']],
  ['takes no name that another has', [null, 'call_7_1'], ['call_7_1_', 'call_7_1']],
  ['takes none that is endless', ['x'.repeat(1_000)], ['call_7_1']],
])('%s', (_, given, expected) => {
  expect(idsOf(given)).toEqual(expected);
});

it('cuts endless names', () => {
  const [cut] = identified([{ ...call('a'), name: 'n'.repeat(1_000) }], 1);
  expect(cut?.name).toHaveLength(200);
});
