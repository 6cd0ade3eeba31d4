import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { printScript, SHELLS, type Shell } from './completion-script.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-completion-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function scriptOf(shell: Shell): Promise<string> {
  let text = '';
  const write = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((part) => ((text += String(part)), true));
  const log = vi.spyOn(console, 'log').mockImplementation((part) => (text += `${String(part)}\n`));
  try {
    await printScript(shell);
    return text;
  } finally {
    write.mockRestore();
    log.mockRestore();
  }
}

it.each(SHELLS)('there is a script for %s, which asks baton complete', async (shell) => {
  expect(await scriptOf(shell)).toMatch(/baton[\s\S]*complete[\s\S]*--/);
});

/** What bash would offer for `words`, when baton answers so. */
async function bash(words: readonly string[], answer: string): Promise<{ offers: string[]; asked: string }> {
  writeFileSync(join(folder, 'script'), await scriptOf('bash'));
  writeFileSync(join(folder, 'answer'), answer);
  const program = `
    cd ${folder}
    baton() { printf '%s|' "$@" > asked; cat answer; }
    source ./script
    COMP_WORDS=(${words.map((word) => JSON.stringify(word)).join(' ')})
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _baton_complete
    [ \${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"
    cat asked >&2
  `;
  const shell = ['--noprofile', '--norc', '-c', program];
  const out = execFileSync('bash', shell, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const asked = execFileSync('cat', [join(folder, 'asked')], { encoding: 'utf8' });
  return { offers: out.split('\n').filter((line) => line !== ''), asked };
}

describe('bash', () => {
  it('hands the words over, the unfinished one last, and offers the values', async () => {
    const answer = 'review-1\ta review, running\nreview-2\t\n:4\n';
    await expect(bash(['baton', 'status', 're'], answer)).resolves.toEqual({
      offers: ['review-1', 'review-2'],
      asked: 'complete|--|status|re|',
    });
    await expect(bash(['baton', ''], ':4\n')).resolves.toEqual({ offers: [], asked: 'complete|--||' });
  });

  it('offers files where they fit', async () => {
    writeFileSync(join(folder, 'review one.yaml'), '');
    const { offers } = await bash(['baton', 'run', 'review'], 'review\t\n:0\n');
    expect(offers).toEqual(['review', 'review one.yaml']);
  });
});
