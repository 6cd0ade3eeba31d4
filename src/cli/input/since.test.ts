import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CliError } from '../exit.ts';
import { clockText, dateTimeText, timeText, zoneName } from '../terminal/local-time.ts';
import { parseTime, timeArgument } from './since.ts';

afterEach(() => vi.unstubAllEnvs());

/** Friday; the clocks were set back on 25 October at 3:00. */
const NOW = new Date('2026-11-27T13:03:07Z');
const at = (text: string, now = NOW) => parseTime(text, now)?.toISOString();

describe('a time in Berlin', () => {
  beforeEach(() => vi.stubEnv('TZ', 'Europe/Berlin'));

  it.each([
    ['now', '2026-11-27T13:03:07.000Z'],
    ['1h', '2026-11-27T12:03:07.000Z'],
    ['1h30m', '2026-11-27T11:33:07.000Z'],
    ['90 minutes ago', '2026-11-27T11:33:07.000Z'],
    ['2 hours', '2026-11-27T11:03:07.000Z'],
    ['2d', '2026-11-25T13:03:07.000Z'],
    ['1 week ago', '2026-11-20T13:03:07.000Z'],
    ['today', '2026-11-26T23:00:00.000Z'],
    ['Yesterday', '2026-11-25T23:00:00.000Z'],
    ['friday', '2026-11-26T23:00:00.000Z'],
    ['monday', '2026-11-22T23:00:00.000Z'],
    ['sat', '2026-11-20T23:00:00.000Z'],
    ['9:30', '2026-11-27T08:30:00.000Z'],
    ['yesterday 14:30', '2026-11-26T13:30:00.000Z'],
    ['2026-11-01', '2026-10-31T23:00:00.000Z'],
    ['2026-07-01', '2026-06-30T22:00:00.000Z'],
    ['2026-11-01 14:00', '2026-11-01T13:00:00.000Z'],
    ['2026-11-01T14:00:05', '2026-11-01T13:00:05.000Z'],
    ['2026-11-01T14:00:00Z', '2026-11-01T14:00:00.000Z'],
    ['2026-11-01T14:00:00.123+05:30', '2026-11-01T08:30:00.123Z'],
    ['2026-11-01T14:00+0530', '2026-11-01T08:30:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(at(text)).toBe(iso);
  });

  it.each([
    '',
    'soon',
    '5',
    '-1h',
    '2026-13-01',
    '2026-02-30',
    '25:00',
    '2026-11-01T24:00',
    'monday week',
    '1e3h',
  ])('%j is none', (text) => {
    expect(at(text)).toBeUndefined();
    expect(() => timeArgument(text, '--since', NOW)).toThrow(CliError);
  });

  it('is of the calendar where the clocks were set', () => {
    const after = new Date('2026-10-25T12:00:00Z');
    expect(at('today', after)).toBe('2026-10-24T22:00:00.000Z');
    expect(at('1d', after)).toBe('2026-10-24T11:00:00.000Z');
    expect(at('24h', after)).toBe('2026-10-24T12:00:00.000Z');
  });

  it('is shown with its zone, in summer too', () => {
    const iso = NOW.toISOString();
    expect([clockText(iso), dateTimeText(iso)]).toEqual(['14:03:07', '2026-11-27 14:03:07']);
    expect(timeText(iso, NOW.getTime())).toBe('14:03:07 CET');
    expect(timeText('2026-07-01T10:00:00Z', NOW.getTime())).toBe('2026-07-01 12:00:00 CEST');
  });
});

it.each([
  ['America/New_York', 'EST'],
  ['Europe/London', 'GMT'],
  ['UTC', 'UTC'],
  ['Asia/Kolkata', 'IST'],
  ['Asia/Kathmandu', 'UTC+05:45'],
])('%s is called %s', (zone, name) => {
  vi.stubEnv('TZ', zone);
  expect(zoneName(NOW)).toBe(name);
});
