import { describe, expect, it } from 'vitest';
import { messageOf } from '../../errors/errors.ts';
import { ReadTogether } from './read-together.ts';

/** Reads that end when the test says so. */
function harness() {
  const reads: { key: string; items: readonly string[]; end: (found: string | Error) => void }[] = [];
  const together = new ReadTogether<string, string>(
    (key, items) =>
      new Promise((resolve, reject) => {
        const end = (found: string | Error) => (found instanceof Error ? reject(found) : resolve(found));
        reads.push({ key, items: [...items], end });
      }),
  );
  const begun = () => new Promise(setImmediate);
  return { together, reads, begun };
}

describe('ReadTogether', () => {
  it('shares the next read among all who ask while one is under way', async () => {
    const { together, reads, begun } = harness();
    const first = together.ask('run', 'a');
    await begun();
    const later = ['b', 'c'].map((item) => together.ask('run', item));
    await begun();
    expect(reads.map(({ items }) => items)).toEqual([['a']]);
    reads[0]?.end('one');
    await expect(first).resolves.toBe('one');
    await begun();
    expect(reads.map(({ items }) => items)).toEqual([['a'], ['b', 'c']]);
    reads[1]?.end('two');
    await expect(Promise.all(later)).resolves.toEqual(['two', 'two']);
  });

  it('begins anew for who asks when nothing is under way', async () => {
    const { together, reads, begun } = harness();
    for (const [n, item] of ['a', 'b', 'c'].entries()) {
      const asked = together.ask('run', item);
      await begun();
      reads[n]?.end(item);
      await expect(asked).resolves.toBe(item);
    }
    expect(reads).toHaveLength(3);
  });

  it('does not make one key wait for another', async () => {
    const { together, reads, begun } = harness();
    void together.ask('run-1', 'a');
    void together.ask('run-2', 'b');
    await begun();
    expect(reads.map(({ key }) => key)).toEqual(['run-1', 'run-2']);
  });

  it('tells a failure to those who shared it, and to nobody else', async () => {
    const { together, reads, begun } = harness();
    const failing = ['a', 'b'].map((item) => together.ask('run', item).catch(messageOf));
    await begun();
    const next = together.ask('run', 'c');
    reads[0]?.end(new Error('away'));
    await expect(Promise.all(failing)).resolves.toEqual(['away', 'away']);
    await begun();
    reads[1]?.end('found');
    await expect(next).resolves.toBe('found');
  });
});
