import { describe, expect, test } from 'vitest';
import { LONG_POLL_MS } from '../../temporal/history-source.ts';
import { PollBudget, type Turn } from './poll-budget.ts';

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

const turn = (over: Partial<Turn> = {}): Turn => ({ runId: 'r', idleMs: 0, restMs: 0, ...over });
const length = (ms: number) => Promise.resolve(ms);

test('few runs poll as long as the server lets them', async () => {
  const polls = new PollBudget(new AbortController().signal, { limit: 2 });
  polls.resize(2);
  expect(await polls.run(turn({ idleMs: 60_000, restMs: Infinity }), length)).toBe(LONG_POLL_MS);
});

test('when there are too many, open polls are cut and the next are shorter', async () => {
  const polls = new PollBudget(new AbortController().signal, { limit: 2 });
  const { poll, beginning } = endlessPoll();
  const open = polls.run(turn(), poll);
  await beginning;
  polls.resize(3);
  expect(await open).toBe('cut');
  expect(await polls.run(turn(), length)).toBeLessThan(LONG_POLL_MS);
});

test('a stop cuts everything', async () => {
  const stop = new AbortController();
  const polls = new PollBudget(stop.signal);
  const { poll, beginning } = endlessPoll();
  const open = polls.run(turn(), poll);
  await beginning;
  stop.abort();
  expect(await open).toBe('cut');
});

describe('where there are too many', () => {
  /** How long a run waits for its turn, whether it is roused from that, and how long it may poll then. */
  async function turnOf(over: Partial<Turn>, during?: (polls: PollBudget) => void, tails = 500) {
    const waited: number[] = [];
    let isRoused = false;
    const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
      waited.push(ms);
      during?.(polls);
      isRoused = signal.aborted;
    };
    const polls = new PollBudget(new AbortController().signal, { pause });
    polls.resize(tails);
    const poll = await polls.run(turn({ idleMs: 60_000, ...over }), length);
    return { waited, isRoused, poll };
  }

  test('a run that works is looked at every two seconds, one at rest as seldom as there are many', async () => {
    expect(await turnOf({ idleMs: 1_000, restMs: Infinity })).toMatchObject({ waited: [], poll: 5_000 });
    expect(await turnOf({ restMs: 0 })).toMatchObject({ waited: [2_000], poll: 100 });
    expect(await turnOf({ restMs: Infinity })).toMatchObject({ waited: [10_000], poll: 100 });
    expect(await turnOf({ restMs: 3_600_000 })).toMatchObject({ waited: [10_000], poll: 100 });
    expect(await turnOf({ restMs: Infinity }, () => {}, 9_000)).toMatchObject({ waited: [30_000] });
  });

  test('a run is waited for when its timer is due, and when it is stirred', async () => {
    expect(await turnOf({ restMs: 700 })).toMatchObject({ waited: [700], poll: 5_000 });
    const stirred = await turnOf({ restMs: Infinity }, (polls) => polls.stir('r'));
    expect(stirred).toMatchObject({ isRoused: true, poll: 5_000 });
    const other = await turnOf({ restMs: Infinity }, (polls) => polls.stir('another'));
    expect(other).toMatchObject({ isRoused: false, poll: 100 });
  });

  test('all wait for what comes as soon as there are few', async () => {
    const few = await turnOf({ restMs: Infinity }, (polls) => polls.resize(300));
    expect(few).toMatchObject({ isRoused: true, poll: LONG_POLL_MS });
  });
});
