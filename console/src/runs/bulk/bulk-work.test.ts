import { expect, it } from 'vitest';
import { AT_ONCE, failuresOf, sendToAll, type Progress } from './bulk-work.ts';

const runs = Array.from({ length: 30 }, (_, at) => `run-${at}`);

it('sends to each once, so many at a time, and lists who refused', async () => {
  let open = 0;
  let most = 0;
  const sent: string[] = [];
  let last: Progress | undefined;
  await sendToAll(
    runs,
    async (run) => {
      most = Math.max(most, ++open);
      await Promise.resolve();
      open--;
      sent.push(run);
      if (run === 'run-7') throw new Error('it has ended');
      return undefined;
    },
    (progress) => (last = progress),
    new AbortController().signal,
  );
  expect(sent.toSorted()).toEqual(runs.toSorted());
  expect(most).toBe(AT_ONCE);
  expect(last?.results).toHaveLength(30);
  expect(last && failuresOf(last)).toEqual([{ run: 'run-7', fault: 'it has ended', refused: false }]);
});

it('ends early when it is stopped', async () => {
  const stop = new AbortController();
  let sent = 0;
  await sendToAll(
    runs,
    async () => {
      if (++sent === 10) stop.abort();
      return undefined;
    },
    () => undefined,
    stop.signal,
  );
  expect(sent).toBeLessThan(10 + AT_ONCE);
});

it('tells a refusal from what may have come through', async () => {
  const results: Progress['results'][] = [];
  await sendToAll(
    ['refused', 'away', 'lost'],
    async (run) => {
      if (run === 'lost') throw new Error('no answer');
      throw Object.assign(new Error('no'), { status: run === 'refused' ? 409 : 503 });
    },
    (progress) => results.push(progress.results),
    new AbortController().signal,
  );
  const told = Object.fromEntries(results.at(-1)?.map(({ run, refused }) => [run, refused]) ?? []);
  expect(told).toEqual({ refused: true, away: false, lost: false });
});
