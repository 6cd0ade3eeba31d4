/** A workspace belongs to whom its programs run as, so that they, and git, may work in it. */
import { execFile } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { chmod, chown, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isWithin } from '../places/inside.ts';
import { workspacesOf } from '../places/layout.ts';
import type { CommandUser } from './command-user.ts';
import { closedOnTheWay, mayPass } from './view.ts';

/** Of a home: itself, `workspaces` and the run's. */
const MOST_OPENED = 3;

/** What children get of the environment. */
const NO_SECRETS = { env: { PATH: process.env['PATH'] ?? '' } };

/**
 * Hands a workspace over, with all that is in it; nothing happens when that was done. What is no workspace of the home
 * stays whose it is.
 */
export async function adopt(workspace: string, home: string, { uid, gid }: CommandUser): Promise<void> {
  const all = await realpath(workspacesOf(home)).catch(() => null);
  const place = await realpath(workspace);
  if (all === null || place === all || !isWithin(all, place)) return;
  if ((await stat(place)).uid === uid) return;
  // The directory itself comes last, so a try that died half way is made again. Links are not followed.
  await promisify(execFile)('chown', ['-R', '-h', `${uid}:${gid}`, '--', place], NO_SECRETS);
}

/** Lets the user pass the directories of the home on the way to a workspace: to go through, not to list. */
export async function openWay(workspace: string, home: string, user: CommandUser): Promise<void> {
  for (let rounds = 0; rounds < MOST_OPENED; rounds++) {
    const closed = await closedOnTheWay(workspace, user);
    if (closed === null || !isWithin(home, closed)) return;
    await letThrough(closed);
  }
}

/** Lets the user go through one directory of the home. */
export async function open(directory: string, user: CommandUser): Promise<void> {
  if (!(await mayPass(directory, user))) await letThrough(directory);
}

async function letThrough(directory: string): Promise<void> {
  await chmod(directory, ((await stat(directory)).mode & 0o777) | 0o011);
}

/** Gives what a tool has made to the owner of the workspace; only root can, and only then need it be done. */
export async function giveToOwner(paths: readonly string[], workspace: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(workspace);
  if (uid === 0) return;
  await Promise.all(paths.map((path) => chown(path, uid, gid)));
}

/** Makes a HOME for the user of programs, who may have none; it lasts as long as the process. */
export function homeMaker(): (user: CommandUser) => string {
  let made: string | undefined;
  return ({ uid, gid }) => {
    if (made !== undefined) return made;
    const directory = mkdtempSync(join(tmpdir(), 'baton-home-of-programs-'));
    chownSync(directory, uid, gid);
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
    return (made = directory);
  };
}
