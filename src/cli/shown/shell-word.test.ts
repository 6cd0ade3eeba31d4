import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from './shell-word.ts';

test.each(['security-audit', '_a--b', '@latest', 'review-4f7k2m9qzx'])('%s stays as it is', (text) => {
  expect(shellWord(text)).toBe(text);
});

test.each(['build[3]/test', 'build[eu]', 'it’s', "it's", 'a b', '$HOME', ''])(
  'a shell reads %s whole',
  (text) => {
    const said = execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' });
    expect(said).toBe(text);
  },
);

test('a step of an item is quoted: some shells would look for files', () => {
  expect(shellWord('build[3]/test')).toBe("'build[3]/test'");
});
