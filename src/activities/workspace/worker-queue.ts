/**
 * The task queue that leads to the workspaces of a home. Its id is kept in the home, so that whatever process serves the
 * home next, after a restart or beside this one, serves the same queue.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, type Config } from '../../config.ts';
import { messageOf } from '../../errors/errors.ts';
import { codeOf } from '../places/inside.ts';
import { workspacesOf } from '../places/layout.ts';

/** The queue's name. @throws ConfigError when BATON_HOME cannot be written */
export async function workspaceQueue(
  config: Pick<Config, 'BATON_HOME' | 'BATON_TASK_QUEUE'>,
): Promise<string> {
  const directory = workspacesOf(config.BATON_HOME);
  try {
    await mkdir(directory, { recursive: true });
    return `${config.BATON_TASK_QUEUE}.workspace.${await homeId(join(directory, 'home-id'))}`;
  } catch (error) {
    throw new ConfigError(
      `environment: BATON_HOME=${config.BATON_HOME} cannot hold workspaces (${messageOf(error)}); ` +
        'give this worker a directory that it may write',
    );
  }
}

async function homeId(file: string): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, randomBytes(6).toString('hex'));
  try {
    // Unlike a write, a link is there whole, and of several processes one wins.
    await link(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const id = await readFile(file, 'utf8');
  if (/^[0-9a-f]{12}$/.test(id)) return id;
  throw new Error(`${file} does not hold 12 hex digits; remove it if no run works in ${file}'s directory`);
}
