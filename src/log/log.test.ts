import { describe, expect, it } from 'vitest';
import { lineCleaner } from './log.ts';

const env = { BATON_SECRET_KEY: 'first\nsecond-line"1', BATON_SECRET_PID: '4711' };
const entry = { level: 30, time: 1_764_247_110_000, pid: 4711, msg: 'all is well' };
const line = (more: object) => `${JSON.stringify({ ...entry, ...more })}\n`;

describe('a line of the log', () => {
  it('stays as it is when there is nothing to hide', () => {
    expect(lineCleaner({}, false)(line({}))).toBe(line({}));
  });

  it('shows no secret, wherever one stands, and stays JSON', () => {
    const clean = lineCleaner(env, false);
    const said = {
      msg: 'it is second-line"1',
      err: { stack: `Error: ${env.BATON_SECRET_KEY}\n at x` },
      n: 4711,
    };
    expect(JSON.parse(clean(line(said)))).toEqual({
      ...entry,
      msg: 'it is ***',
      err: { stack: 'Error: ***\n at x' },
      n: '***',
    });
    expect(clean(line({ msg: 'GET https://ann:word@h/' }))).toContain('https://***@h/');
  });

  it('holds nothing that a terminal obeys', () => {
    const said = line({ msg: 'a\u001b[2Jb\u009bc\u202ed', name: 'x\ry' });
    expect(lineCleaner({}, false)(said)).not.toMatch(/[\u001b\u009b\u202e]/);
    expect(JSON.parse(lineCleaner({}, false)(said))).toEqual(JSON.parse(said));
    expect(JSON.parse(lineCleaner({}, true)(said))).toEqual({
      ...entry,
      msg: 'a\\u001b[2Jb\\u009bc\\u202ed',
      name: 'x\\u000dy',
    });
  });
});
