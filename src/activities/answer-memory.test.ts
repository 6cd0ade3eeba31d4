import { describe, expect, it } from 'vitest';
import { AnswerMemory } from './answer-memory.ts';

const never = new AbortController().signal;

/** An activity that takes what it is told to, and ends when it is told to. */
function activity(memory: AnswerMemory, signal: AbortSignal = never) {
  const taken: number[] = [];
  const wishes: number[] = [];
  let wake = (): void => {};
  let ended = false;
  const ending = memory.share(signal, async () => {
    while (!ended || wishes.length > 0) {
      const wish = wishes.shift();
      if (wish === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else {
        await memory.take(wish);
        taken.push(wish);
      }
    }
  });
  return {
    ending,
    taken,
    async take(bytes: number) {
      wishes.push(bytes);
      wake();
      await settled();
    },
    async end() {
      ended = true;
      wake();
      await settled();
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the memory of answers', () => {
  it('makes who would go over the bound wait until another has ended', async () => {
    const memory = new AnswerMemory(100);
    const [first, second] = [activity(memory), activity(memory)];
    await first.take(80);
    await second.take(30);
    expect([first.taken, second.taken]).toEqual([[80], []]);
    await first.end();
    expect(second.taken).toEqual([30]);
    await second.end();
    await Promise.all([first.ending, second.ending]);
  });

  it('lets small ones pass those that wait', async () => {
    const memory = new AnswerMemory(100);
    const [first, large, small] = [activity(memory), activity(memory), activity(memory)];
    await first.take(80);
    await large.take(90);
    await small.take(10);
    expect([large.taken, small.taken]).toEqual([[], [10]]);
  });

  it('lets one go on when all that hold something wait', async () => {
    const memory = new AnswerMemory(100);
    const [first, second] = [activity(memory), activity(memory)];
    await first.take(50);
    await second.take(50);
    await first.take(60);
    expect(first.taken).toEqual([50]);
    await second.take(60);
    expect([first.taken, second.taken]).toEqual([[50, 60], [50]]);
    await first.end();
    expect(second.taken).toEqual([50, 60]);
  });

  it('takes even one answer that is larger than the bound', async () => {
    const memory = new AnswerMemory(100);
    const only = activity(memory);
    await only.take(500);
    expect(only.taken).toEqual([500]);
  });

  it('does not keep an activity that is stopped', async () => {
    const memory = new AnswerMemory(100);
    const stop = new AbortController();
    const [first, second] = [activity(memory), activity(memory, stop.signal)];
    await first.take(100);
    await second.take(1);
    stop.abort(new Error('enough'));
    await expect(second.ending).rejects.toThrow('enough');
    await first.end();
  });

  it('is nothing to what is no activity', async () => {
    await expect(new AnswerMemory(1).take(1_000)).resolves.toBeUndefined();
  });
});
