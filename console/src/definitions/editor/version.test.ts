import { describe, expect, it } from 'vitest';
import { freeVersion, nextVersion, withVersion } from './version.ts';

describe('versions', () => {
  it.each([
    ['1.0.0', '1.0.1'],
    ['1.9', '1.10'],
    ['7', '8'],
    ['2.1-rc', '2.1-rc.1'],
  ])('after %s comes %s', (version, next) => {
    expect(nextVersion(version)).toBe(next);
  });

  it('that are published are passed over', () => {
    expect(freeVersion('1.0.0', ['1.0.0', '1.0.1', '1.0.2'])).toBe('1.0.3');
  });

  it.each([
    ['name: a\nversion: 1.0.0 # first\nsteps: []', 'name: a\nversion: 2.0 # first\nsteps: []'],
    ["version: '1'\nname: a", 'version: 2.0\nname: a'],
    ['name: a\nsteps: []', 'name: a\nversion: 2.0\nsteps: []'],
  ])('%j gets another', (text, changed) => {
    expect(withVersion(text, '2.0', 'yaml')).toBe(changed);
  });

  it('of JSON as well', () => {
    expect(withVersion('{"name": "a", "version": "1"}', '2.0', 'json')).toBe(
      '{"name": "a", "version": "2.0"}',
    );
    expect(JSON.parse(withVersion('{"name": "a"}', '2.0', 'json'))).toEqual({ name: 'a', version: '2.0' });
  });
});
