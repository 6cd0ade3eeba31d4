import { expect, test } from 'vitest';
import { concerns } from './receiver.ts';

test.each([
  [null, [], null, true],
  ['ana', [], 'ana', true],
  ['ana', [], 'Ana', true],
  ['ana', [], 'bo', false],
  ['ana', [], null, false],
  ['ana', ['bo', 'ANA'], 'bo', true],
  ['ana', ['bo'], 'ana', false],
] as const)('for %s: asked %j, started by %s', (person, asked, startedBy, isConcerned) => {
  expect(concerns({ person }, { asked, startedBy })).toBe(isConcerned);
});
