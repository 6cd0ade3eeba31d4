import { expect, test } from 'vitest';
import { LONG_POLL_MS } from '../../temporal/history-source.ts';
import { PollBudget } from './poll-budget.ts';

/** A poll that begins, and ends only when it is cut. */
function endlessPoll() {
  let begun: () => void = () => {};
  const beginning = new Promise<void>((resolve) => (begun = resolve));
  const poll = (_: number, cut: AbortSignal) => {
    begun();
    return new Promise<'cut'>((resolve) =>
      cut.addEventListener('abort', () => resolve('cut'), { once: true }),
    );
  };
  return { poll, beginning };
}

test('few runs poll as long as the server lets them', async () => {
  const polls = new PollBudget(new AbortController().signal, 2);
  polls.resize(2);
  expect(await polls.run(60_000, (ms) => Promise.resolve(ms))).toBe(LONG_POLL_MS);
});

test('when there are too many, open polls are cut and the next are shorter', async () => {
  const polls = new PollBudget(new AbortController().signal, 2);
  const { poll, beginning } = endlessPoll();
  const open = polls.run(0, poll);
  await beginning;
  polls.resize(3);
  expect(await open).toBe('cut');
  expect(await polls.run(0, (ms) => Promise.resolve(ms))).toBeLessThan(LONG_POLL_MS);
});

test('a stop cuts everything', async () => {
  const stop = new AbortController();
  const polls = new PollBudget(stop.signal);
  const { poll, beginning } = endlessPoll();
  const open = polls.run(0, poll);
  await beginning;
  stop.abort();
  expect(await open).toBe('cut');
});
