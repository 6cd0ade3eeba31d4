import { expect, it } from 'vitest';
import { localText, momentOf } from './local-time.ts';

it('shows a moment as the clocks of the zone do, and finds it again', () => {
  expect(localText('2026-11-28T22:30:00.000Z', 'Europe/Berlin')).toBe('2026-11-28T23:30');
  for (const zone of ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu']) {
    const at = '2026-07-01T05:45:00.000Z';
    expect(momentOf(localText(at, zone), zone)).toBe(at);
  }
});

it('takes the offset of that moment, also just before and after clocks change', () => {
  expect(momentOf('2026-03-29T01:30', 'Europe/Berlin')).toBe('2026-03-29T00:30:00.000Z');
  expect(momentOf('2026-03-29T03:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
});

it('takes nothing that is no time', () => {
  expect([momentOf('', 'UTC'), momentOf('soon', 'UTC'), momentOf('2026-13-01T00:00', 'UTC')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
