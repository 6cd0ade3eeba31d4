import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('REDIS_URL', () => {
  it.each(['redis://localhost', 'redis://127.0.0.1:6379/2', 'rediss://user:pass@redis.example.com:6380'])(
    'may be %s',
    (url) => expect(readConfig({ REDIS_URL: url }).REDIS_URL).toBe(url),
  );

  it.each(['localhost:6379', 'http://localhost', 'redis://', 'redis:hidden', 'hidden'])(
    'may not be %s, which is said without it',
    (url) => {
      expect(() => readConfig({ REDIS_URL: url })).toThrow(/^environment: REDIS_URL: write redis:\/\/HOST/);
      expect(() => readConfig({ REDIS_URL: url })).not.toThrow(/hidden/);
    },
  );

  it('is Postgres unless set', () => expect(readConfig({ REDIS_URL: '' }).REDIS_URL).toBeUndefined());
});

describe('BATON_GRPC_PORT', () => {
  it.each([
    [{}, 4701],
    [{ BATON_PORT: '0' }, 0],
    [{ BATON_GRPC_PORT: '5000', BATON_PORT: '0' }, 5000],
    [{ BATON_GRPC_PORT: 'off' }, null],
  ])('%j is %s', (environment, port) => expect(readConfig(environment).BATON_GRPC_PORT).toBe(port));

  it.each(['none', '-1', '70000', '1.5'])('may not be %s', (given) =>
    expect(() => readConfig({ BATON_GRPC_PORT: given })).toThrow(/BATON_GRPC_PORT: write a whole number/),
  );
});
