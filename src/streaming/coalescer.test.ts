import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSecrets } from '../activities/secrets.ts';
import { Coalescer } from './coalescer.ts';
import { RING } from './streamer.ts';

const masking = readSecrets({ BATON_SECRET_A: 'hush-hush', BATON_SECRET_B: 'hush-now/then' });

/** All that is told when `pieces` come one by one, each taken at once. */
function told(pieces: readonly string[]): string {
  const coalescer = new Coalescer(masking);
  const texts = pieces.map((piece) => {
    coalescer.push(piece);
    return coalescer.take()?.content ?? '';
  });
  coalescer.finish();
  return texts.join('') + (coalescer.take()?.content ?? '');
}

describe('Coalescer', () => {
  it('joins what came since it was last asked, with the offset of its beginning', () => {
    const coalescer = new Coalescer(masking);
    expect(coalescer.take()).toBeNull();
    coalescer.push('one ');
    expect(coalescer.take()).toEqual({ type: 'token', content: 'one ', offset: 0 });
    coalescer.push('two ');
    coalescer.push('three');
    expect(coalescer.take()).toEqual({ type: 'chunk', content: 'two three', offset: 4 });
    expect(coalescer.take()).toBeNull();
    expect(coalescer.length).toBe(13);
  });

  it('holds back what may be the beginning of a secret, until it is clear', () => {
    const coalescer = new Coalescer(masking);
    coalescer.push('say hus');
    expect(coalescer.take()?.content).toBe('say ');
    coalescer.push('h-hush!');
    expect(coalescer.take()).toMatchObject({ content: '***!', offset: 4 });
    coalescer.push('hush-no');
    expect(coalescer.take()).toBeNull();
    coalescer.finish();
    expect(coalescer.take()?.content).toBe('hush-no');
  });

  it('masks secrets however they are torn, and tells everything else', () => {
    const words = fc.constantFrom(
      'hush-hush',
      'hush-now/then',
      'hush-now%2Fthen',
      'hus',
      'h',
      'ush-',
      ' ',
      '😀',
    );
    const texts = fc.array(words, { maxLength: 12 }).map((parts) => parts.join(''));
    const cuts = fc.array(fc.nat(60), { maxLength: 10 });
    fc.assert(
      fc.property(texts, cuts, (text, at) => {
        const places = [0, ...at.filter((place) => place < text.length), text.length];
        const ordered = places.toSorted((a, b) => a - b);
        const pieces = ordered.slice(1).map((end, i) => text.slice(ordered[i], end));
        expect(told(pieces)).toBe(masking.mask(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps a surrogate pair that comes in two pieces together, and tells no text that cannot be stored', () => {
    expect(told(['\ud83d', '\ude00'])).toBe('😀');
    expect(told(['a\0b\ud83d'])).toBe('a\ufffdb\ufffd');
  });

  it('lets the oldest fall out when nobody takes them, which the offset tells', () => {
    const coalescer = new Coalescer(masking);
    coalescer.push('a'.repeat(RING));
    coalescer.push('bcd');
    const taken = coalescer.take();
    expect(taken).toMatchObject({ offset: 3 });
    expect(taken?.content).toHaveLength(RING);
    expect(taken?.content.endsWith('abcd')).toBe(true);
    expect(coalescer.length).toBe(RING + 3);
  });
});
