import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyringOf, sealedBy } from './keyring.ts';

const OLD = 'a'.repeat(64);
const NEW = '0123456789abcdef'.repeat(4);
const ring = keyringOf([NEW]);

describe('a keyring', () => {
  it('gives back what it has sealed, and shows nothing of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sealed = ring.seal(text, 'here');
        expect(ring.open(sealed, 'here')).toBe(text);
        expect(sealed).toMatch(/^sealed:1:[0-9a-f]{8}:[\w-]+$/);
        expect(ring.seal(text, 'here')).not.toBe(sealed);
      }),
    );
  });

  it('opens nothing that stands elsewhere, was changed, or was cut', () => {
    const sealed = ring.seal('whsec_abc', 'webhooks/a/secret');
    const flipped = sealed.slice(0, 30) + (sealed[30] === 'A' ? 'B' : 'A') + sealed.slice(31);
    for (const [text, place] of [
      [sealed, 'webhooks/b/secret'],
      [flipped, 'webhooks/a/secret'],
      [sealed.slice(0, -4), 'webhooks/a/secret'],
      [sealed.slice(0, 22), 'webhooks/a/secret'],
    ] as const)
      expect(() => ring.open(text, place), text).toThrow(/not what was sealed for this place/);
  });

  it('reads by former keys and writes by the first', () => {
    const before = keyringOf([OLD]).seal('text', 'x');
    const both = keyringOf([NEW, OLD]);
    expect(both.open(before, 'x')).toBe('text');
    expect([both.isStale(before), both.isStale('text'), both.isStale(both.seal('text', 'x'))]).toEqual([
      ...[true, true, false],
    ]);
    expect(sealedBy(both.seal('text', 'x'))).toBe(both.keys[0]);
    expect(() => ring.open(before, 'x')).toThrow(`the key ${both.keys[1]}, which BATON_SEALING_KEY lacks`);
  });

  it('without a key leaves everything as it is', () => {
    const none = keyringOf([]);
    expect([none.seal('text', 'x'), none.open('text', 'x'), none.isStale('text')]).toEqual([
      ...['text', 'text', false],
    ]);
  });
});
