import { describe, expect, it } from 'vitest';
import { messageOf } from '../../errors/errors.ts';
import type { SignalMessage } from '../../protocol/signals.ts';
import { CommandOutbox } from './command-outbox.ts';

const message = (id: string, reason = ''): SignalMessage => ({ id, action: 'comment', reason });

/** An outbox whose breaths end when the test says so. */
function harness(accept: (ids: readonly string[]) => boolean = () => true) {
  const batches: (readonly string[])[] = [];
  const breaths: (() => void)[] = [];
  const lengths: number[] = [];
  const outbox = new CommandOutbox(
    async (_runId, messages) => {
      const ids = messages.map((one) => one.id ?? '');
      batches.push(ids);
      return accept(ids);
    },
    (ms) => {
      lengths.push(ms);
      return new Promise<void>((resolve) => breaths.push(resolve));
    },
  );
  const breathe = async () => {
    await new Promise(setImmediate);
    breaths.shift()?.();
    await new Promise(setImmediate);
  };
  return { outbox, batches, breathe, breaths, lengths };
}

describe('CommandOutbox', () => {
  it('sends the first at once and what comes meanwhile together, in order', async () => {
    const { outbox, batches, breathe } = harness();
    const first = outbox.send('run', message('a'));
    const rest = ['b', 'c', 'd'].map((id) => outbox.send('run', message(id)));
    await expect(first).resolves.toBe(true);
    expect(batches).toEqual([['a']]);
    await breathe();
    await expect(Promise.all(rest)).resolves.toEqual([true, true, true]);
    expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('keeps the pace for a command that comes right after a batch', async () => {
    const { outbox, batches, breathe } = harness();
    await outbox.send('run', message('a'));
    const second = outbox.send('run', message('b'));
    expect(batches).toEqual([['a']]);
    await breathe();
    await second;
    expect(batches).toEqual([['a'], ['b']]);
  });

  it('does not make one run wait for another', async () => {
    const { outbox, batches } = harness();
    await Promise.all([outbox.send('run-1', message('a')), outbox.send('run-2', message('b'))]);
    expect(batches).toEqual([['a'], ['b']]);
  });

  it('takes longer breaths while many runs are talked to, and short ones again after', async () => {
    const { outbox, breathe, lengths } = harness();
    for (let n = 0; n < 200; n++) void outbox.send(`run-${n}`, message('a'));
    await breathe();
    expect(lengths).toEqual(Array.from({ length: 200 }, () => 2_500));
    for (let n = 1; n < 140; n++) await breathe();
    void outbox.send('run-new', message('a'));
    await breathe();
    expect(lengths.at(-1)).toBe(61 * 25);
    for (let n = 0; n < 60; n++) await breathe();
    void outbox.send('run-new', message('b'));
    await breathe();
    expect(lengths.at(-1)).toBe(200);
  });

  it('does not let a pause wait for the long breath that others caused', async () => {
    const { outbox, batches, lengths, breaths } = harness();
    for (let n = 0; n < 200; n++) void outbox.send(`run-${n}`, message('a'));
    await new Promise(setImmediate);
    const pause = outbox.send('run-7', { id: 'p', action: 'pause' });
    await new Promise(setImmediate);
    expect(lengths.at(-1)).toBe(200);
    breaths.at(-1)?.();
    await expect(pause).resolves.toBe(true);
    expect(batches.at(-1)).toEqual(['p']);
  });

  it('sends at most 100 messages and 256 KB together', async () => {
    const { outbox, batches, breathe } = harness();
    void outbox.send('run', message('first'));
    const many = Array.from({ length: 150 }, (_, n) => outbox.send('run', message(String(n))));
    const large = Array.from({ length: 20 }, (_, n) =>
      outbox.send('run', message(`l${n}`, 'é'.repeat(16_384))),
    );
    for (let i = 0; i < 6; i++) await breathe();
    await Promise.all([...many, ...large]);
    expect(batches.map((batch) => batch.length)).toEqual([1, 100, 57, 7, 6]);
    expect(batches.flat().slice(1, 151)).toEqual(Array.from({ length: 150 }, (_, n) => String(n)));
  });

  it('tells each sender what became of its batch', async () => {
    const { outbox, breathe } = harness((ids) => {
      if (ids.includes('b')) throw new Error('away');
      return false;
    });
    await expect(outbox.send('run', message('a'))).resolves.toBe(false);
    const failing = outbox.send('run', message('b')).catch(messageOf);
    await breathe();
    await expect(failing).resolves.toBe('away');
    const next = outbox.send('run', message('c'));
    await breathe();
    await expect(next).resolves.toBe(false);
  });

  it.each([
    ['small', '', 1],
    // Fifteen fit into a batch, five batches go in a second.
    ['large', 'x'.repeat(16_384), 7],
  ])(
    'refuses when too many %s ones wait for one run, and says when there will be room',
    async (_, text, seconds) => {
      const { outbox } = harness();
      void outbox.send('run', message('first'));
      for (let i = 0; i < 1_000; i++) void outbox.send('run', message(String(i), text));
      await expect(outbox.send('run', message('one more'))).rejects.toMatchObject({
        code: 'command_queue_full',
        retryAfterSeconds: seconds,
      });
    },
  );

  it('holds no more than 32 MB for one run', async () => {
    const { outbox } = harness();
    void outbox.send('run', message('first'));
    const large = 'x'.repeat(1024 * 1024);
    for (let i = 0; i < 32; i++) void outbox.send('run', message(String(i), large));
    const refused = outbox.send('run', message('one more'));
    await expect(refused).rejects.toMatchObject({ code: 'command_queue_full', retryAfterSeconds: 4 });
  });

  it('takes 200 a second without refusing one', async () => {
    const { outbox, batches, breathe } = harness();
    const sent: Promise<boolean>[] = [];
    // Five breaths are a second.
    for (let breath = 0; breath < 50; breath++) {
      for (let n = 0; n < 40; n++)
        sent.push(outbox.send('run', message(String(sent.length), 'x'.repeat(4_096))));
      await breathe();
    }
    await breathe();
    await expect(Promise.all(sent)).resolves.not.toContain(false);
    expect(batches.flat()).toEqual(sent.map((_, n) => String(n)));
    expect(batches.length).toBeLessThan(55);
  });
});
