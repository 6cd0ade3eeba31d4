import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isWithin, PathRefused, resolveInside } from './inside.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-inside-')));
const root = join(dir, 'work');
mkdirSync(join(root, 'src/deep'), { recursive: true });
mkdirSync(join(dir, 'work-other'));
writeFileSync(join(dir, 'secret'), 'hush');
writeFileSync(join(root, 'src/a.ts'), 'a');
symlinkSync('src', join(root, 'inside'));
symlinkSync('..', join(root, 'up'));
symlinkSync(join(dir, 'secret'), join(root, 'leak'));
symlinkSync(join(dir, 'not-there'), join(root, 'dangling'));
symlinkSync('loop', join(root, 'loop'));
symlinkSync('../../up/secret', join(root, 'src/deep/chain'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('resolveInside', () => {
  it.each([
    ['src/a.ts', 'src/a.ts', 'src/a.ts'],
    ['', '', '.'],
    ['.', '', '.'],
    ['./src//a.ts', 'src/a.ts', 'src/a.ts'],
    ['src/deep/../a.ts', 'src/a.ts', 'src/a.ts'],
    ['inside/a.ts', 'src/a.ts', 'inside/a.ts'],
    ['inside/new/file', 'src/new/file', 'inside/new/file'],
    ['new/folder/file', 'new/folder/file', 'new/folder/file'],
    ['..name', '..name', '..name'],
    ['ünï côde\n.txt', 'ünï côde\n.txt', 'ünï côde\n.txt'],
  ])('takes %j', async (path, real, shown) => {
    expect(await resolveInside(root, path)).toEqual({ real: join(root, real), inside: real || '.', shown });
  });

  it.each([
    ['..', 'leads out'],
    ['../secret', 'leads out'],
    ['../work-other', 'leads out'],
    ['src/../../secret', 'leads out'],
    ['up/secret', 'leads out'],
    ['up/not-there-yet', 'leads out'],
    ['leak', 'leads out'],
    ['src/deep/chain', 'leads out'],
    ['dangling', 'link that leads nowhere'],
    ['dangling/file', 'link that leads nowhere'],
    ['/etc/passwd', 'absolute'],
    ['a\0b', 'NUL'],
  ])('refuses %j: %s', async (path, why) => {
    const error: unknown = await resolveInside(root, path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PathRefused);
    expect((error as PathRefused).message).toContain(why);
  });

  it.each([
    ['src/a.ts/x', 'ENOTDIR'],
    ['loop', 'ELOOP'],
    ['x'.repeat(300), 'ENAMETOOLONG'],
  ])('passes on what the system says of %j', async (path, code) => {
    await expect(resolveInside(root, path)).rejects.toMatchObject({ code });
  });

  it('sees through a root that is itself a link', async () => {
    const link = join(dir, 'link-to-work');
    symlinkSync(root, link);
    expect(await resolveInside(link, 'src/a.ts')).toMatchObject({ real: join(root, 'src/a.ts') });
  });
});

describe('isWithin', () => {
  it.each([
    ['/a', '/a', true],
    ['/a', '/a/b', true],
    ['/a', '/ab', false],
    ['/a', '/', false],
    ['/a', '/a/../b', false],
    ['/', '/a', true],
  ])('%s holds %s: %s', (outer, inner, expected) => {
    expect(isWithin(outer, inner)).toBe(expected);
  });
});
