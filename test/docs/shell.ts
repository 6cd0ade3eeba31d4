/**
 * The commands of a shell block. A real bash runs it, without any program on its PATH: whatever is not there is noted
 * instead, with its arguments as the shell has made them, and succeeds.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placeText, type Block, type Place } from './documents.ts';

export interface ShellCommand extends Place {
  readonly program: string;
  readonly args: readonly string[];
}

/** What the documentation leaves to its reader. */
const VARIABLES = { RUN: 'run-1', QUESTION: 'question-1' };
/** Fields end in NUL, commands in a record separator. `BASH_LINENO` counts from the block's first line. */
const PRELUDE = String.raw`
  command_not_found_handle() { printf '%s\0' "${'$'}{BASH_LINENO[0]}" "$@" $'\x1e' >> "$NOTED"; }
  cd() { :; }
  set -u
  . "$BLOCK"`;

/** @throws Error with the place and what bash says, when it cannot make sense of a block */
export function commandsOf(blocks: readonly Block[]): readonly ShellCommand[] {
  const folder = mkdtempSync(join(tmpdir(), 'baton-docs-'));
  try {
    // In one folder, so that a block finds what an earlier one has written.
    return blocks.flatMap((block) => commandsIn(block, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function commandsIn(block: Block, folder: string): ShellCommand[] {
  const [BLOCK, NOTED] = [join(folder, '.block'), join(folder, '.noted')];
  writeFileSync(BLOCK, block.text);
  writeFileSync(NOTED, '');
  const env = { ...VARIABLES, PATH: '/nowhere', HOME: folder, BLOCK, NOTED };
  const ran = spawnSync('/bin/bash', ['--norc', '-c', PRELUDE], { cwd: folder, env, encoding: 'utf8' });
  if (ran.status !== 0 || ran.stderr !== '') {
    throw new Error(`${placeText(block)}: the shell refuses this block: ${ran.stderr || ran.error?.message}`);
  }
  return readFileSync(NOTED, 'utf8')
    .split('\x1e\0')
    .slice(0, -1)
    .map((noted) => {
      const [line, program = '', ...args] = noted.split('\0').slice(0, -1);
      return { file: block.file, line: block.line + Number(line), program, args };
    });
}
