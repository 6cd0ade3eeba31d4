/** A real diff to review: the newest commits of this checkout that touch text, else a sample. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../places.ts';
import { EXAMPLES } from './checkout.ts';

export interface SomeDiff {
  readonly diff: string;
  /** For people: `the commit 1a2b3c4 "Subject"`. */
  readonly origin: string;
}

/** What a reviewer, and a model, can take in at once. */
const DIFF_BYTES = 24 * 1024;
const COMMITS = 20;
/** Made by machines; nobody reviews them. */
const BORING = [
  ':(exclude)package-lock.json',
  ':(exclude)**/go.sum',
  ':(exclude)*.min.js',
  ':(exclude)*.snap',
];

/** The newest commit of `root` with a diff in text files, cut at a line end. */
export function someDiff(root = ROOT): SomeDiff {
  try {
    for (const commit of git(root, ['log', '--no-merges', `-${COMMITS}`, '--format=%H'])
      .split('\n')
      .filter(Boolean)) {
      const diff = git(root, [
        'show',
        '--format=',
        '--no-color',
        '--no-ext-diff',
        commit,
        '--',
        '.',
        ...BORING,
      ]);
      if (!diff.includes('\n@@')) continue;
      const title = git(root, ['show', '-s', '--format=%h "%s"', commit]).trim();
      return { diff: cut(diff, DIFF_BYTES), origin: `the commit ${title}` };
    }
  } catch {
    // No git, or no history: a packed release.
  }
  return { diff: readFileSync(join(EXAMPLES, 'sample.diff'), 'utf8'), origin: 'examples/sample.diff' };
}

/** At most `bytes`, ending with a whole line and a word about what is missing. */
export function cut(diff: string, bytes: number): string {
  const text = Buffer.from(diff);
  if (text.length <= bytes) return diff;
  const end = text.lastIndexOf('\n', bytes) + 1;
  return `${text.subarray(0, end).toString('utf8')}(cut: ${end} of ${text.length} bytes)\n`;
}

function git(root: string, args: readonly string[]): string {
  return execFileSync('git', ['-C', root, ...args], {
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 64 * 1024 * 1024,
  });
}
