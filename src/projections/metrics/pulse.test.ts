import { expect, test } from 'vitest';
import { Pulse } from './pulse.ts';

function clocked() {
  const clock = { ms: 0 };
  return { clock, pulse: new Pulse(() => clock.ms) };
}

test('starting until every part has done its work once', () => {
  const { pulse } = clocked();
  pulse.beat('discovery');
  pulse.beat('database');
  expect(pulse.health()).toMatchObject({ status: 'starting', parts: { hints: { status: 'starting' } } });
  pulse.beat('hints');
  expect(pulse.health().status).toBe('ok');
});

test('a failure counts at once, with its reason, until the part succeeds', () => {
  const { pulse } = clocked();
  for (const part of ['discovery', 'database', 'hints'] as const) pulse.beat(part);
  pulse.miss('database', new Error('no answer'));
  expect(pulse.health()).toMatchObject({
    status: 'failed',
    parts: { database: { status: 'failed', reason: 'no answer' }, discovery: { status: 'ok' } },
  });
  pulse.beat('database');
  expect(pulse.health().status).toBe('ok');
});

test('silence is a failure, but having nothing to write is none', () => {
  const { clock, pulse } = clocked();
  for (const part of ['discovery', 'database', 'hints'] as const) pulse.beat(part);
  clock.ms = 14_000;
  pulse.beat('discovery');
  pulse.beat('database');
  clock.ms = 16_000;
  expect(pulse.health()).toMatchObject({
    status: 'failed',
    parts: { hints: { status: 'failed', seconds: 16 }, pages: { status: 'ok' }, discovery: { status: 'ok' } },
  });
});

test('a page that failed and was never tried again is forgotten', () => {
  const { clock, pulse } = clocked();
  pulse.miss('pages', new Error('disk full'));
  expect(pulse.health().parts.pages).toMatchObject({ status: 'failed', reason: 'disk full' });
  clock.ms = 31_000;
  expect(pulse.health().parts.pages.status).toBe('ok');
});
