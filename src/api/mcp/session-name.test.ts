import { expect, it } from 'vitest';
import { nameIn, sessionOf } from './session-name.ts';

it.each(['claude-code', 'Ünïcödé 😀', 'a'.repeat(100)])('a session tells the name %s', (name) => {
  const session = sessionOf(name);
  expect(nameIn(session)).toBe(name);
  expect(session).toMatch(/^[\x21-\x7e]+$/);
  expect(sessionOf(name)).not.toBe(session);
});

it('a longer name is cut, and nothing in it can be stored wrongly', () => {
  expect(nameIn(sessionOf('b'.repeat(500)))).toBe('b'.repeat(100));
  expect(nameIn(sessionOf('a\0b\nc'))).toBe('abc');
  expect([undefined, '', ' '].map((name) => nameIn(sessionOf(name)))).toEqual(['mcp', 'mcp', 'mcp']);
});

it.each([undefined, '', 'x', '../../etc', `${'0'.repeat(36)}.`, `${'0'.repeat(36)}.%%`])(
  '%s is no session',
  (told) => {
    expect(nameIn(told)).toBeUndefined();
  },
);
