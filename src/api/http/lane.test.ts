import { describe, expect, it } from 'vitest';
import { Lane } from './lane.ts';

const busy = expect.objectContaining({ code: 'server_busy', retryAfterSeconds: 1 });

describe('Lane', () => {
  it('lets so many in, lets some wait in their order, and refuses the rest at once', async () => {
    const lane = new Lane({ atOnce: 2, patient: 1, patientMs: 60_000, waiting: 1, waitMs: 60_000 });
    const [first, second] = [await lane.enter(), await lane.enter()];
    const came: string[] = [];
    const third = lane.enter().then((place) => (came.push('third'), place));
    const fourth = lane.enter().then((place) => (came.push('fourth'), place));
    await expect(lane.enter()).rejects.toEqual(busy);
    first.leave();
    await third;
    expect(came).toEqual(['third']);
    second.leave();
    await fourth;
    expect(came).toEqual(['third', 'fourth']);
  });

  it('refuses whoever has waited too long, and his turn goes to nobody', async () => {
    const counts: number[] = [];
    let refused = 0;
    const lane = new Lane(
      { atOnce: 1, patient: 0, patientMs: 0, waiting: 1, waitMs: 5 },
      { refused: () => refused++, underWay: (count) => counts.push(count) },
    );
    const place = await lane.enter();
    await expect(lane.enter()).rejects.toEqual(busy);
    place.leave();
    expect(counts).toEqual([1, 0]);
    expect(refused).toBe(1);
    (await lane.enter()).leave();
  });

  it('is patient with the first few only', async () => {
    const lane = new Lane({ atOnce: 1, patient: 1, patientMs: 60_000, waiting: 1, waitMs: 1 });
    const place = await lane.enter();
    const patient = lane.enter();
    await expect(lane.enter()).rejects.toEqual(busy);
    place.leave();
    (await patient).leave();
  });

  it('counts a place once that is given back twice', async () => {
    const lane = new Lane({ atOnce: 1, patient: 0, patientMs: 0, waiting: 0, waitMs: 0 });
    const place = await lane.enter();
    place.leave();
    place.leave();
    await lane.enter();
    await expect(lane.enter()).rejects.toEqual(busy);
  });
});
