/** Says as the system would that a program is not there: the launcher's own programs always are. */
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { LaunchRequest } from './launcher.ts';

/** @throws an error with `code` ENOENT or EACCES, and ERR_INVALID_ARG_VALUE for an argument with a NUL */
export async function assertProgram({ argv, cwd, env }: LaunchRequest): Promise<void> {
  const [file = ''] = argv;
  if (argv.some((argument) => argument.includes('\0'))) {
    throw systemError('ERR_INVALID_ARG_VALUE', 'an argument holds a NUL character');
  }
  if (file === '') throw systemError('ERR_INVALID_ARG_VALUE', 'no program is named');
  const found = await Promise.all(candidates(file, cwd ?? process.cwd(), env['PATH'] ?? '').map(lookAt));
  if (found.includes('program')) return;
  throw found.includes('file')
    ? systemError('EACCES', `EACCES: ${file} may not be executed`)
    : systemError('ENOENT', `ENOENT: ${file} was not found`);
}

function candidates(file: string, cwd: string, path: string): string[] {
  if (file.includes('/')) return [isAbsolute(file) ? file : resolve(cwd, file)];
  return path.split(delimiter).map((directory) => join(resolve(cwd, directory), file));
}

async function lookAt(file: string): Promise<'program' | 'file' | null> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile()) return null;
  return access(file, constants.X_OK).then(
    () => 'program',
    () => 'file',
  );
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
