/** The home's files and the room on its disk. */
import { existsSync, lstatSync, readdirSync, realpathSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openEntries } from '../../stack/home/private-files.ts';
import { ok, problem, skipped, warning, type Finding } from './finding.ts';

const MB = 1024 * 1024;
const LITTLE = 2_048 * MB;
const TOO_LITTLE = 256 * MB;
const SHOWN = 5;

export function checkHome(home: string): Finding[] {
  return [checkFiles(home), checkRoom(home)];
}

function checkFiles(home: string): Finding {
  if (!existsSync(home)) return skipped('home_files', `${home} is not there yet`);
  const linked = linkedFrom(home).filter((path) => (statSync(path).mode & 0o077) !== 0);
  const open = [...openEntries(home), ...linked];
  if (open.length === 0) return ok('home_files', `${home} and its files are their owner's alone`);
  const names =
    open.slice(0, SHOWN).join(', ') + (open.length > SHOWN ? ` and ${open.length - SHOWN} more` : '');
  const says = `others on this machine can reach ${names}: definitions, values and passwords are in there`;
  return problem('home_files', says, `start Baton again, which closes them, or \`chmod -R go= ${home}\``);
}

function checkRoom(home: string): Finding {
  const places = [nearest(home), ...(existsSync(home) ? linkedFrom(home) : [])];
  const free = Math.min(...places.map((place) => roomOf(place)));
  const says = `${Math.round(free / MB).toLocaleString('en')} MB are free where ${places.join(' and ')} lies`;
  const remedy = 'make room, or archive ended runs with `baton maintain` (docs/maintenance.md)';
  if (free < TOO_LITTLE) return problem('disk_room', says, remedy);
  return free < LITTLE ? warning('disk_room', says, remedy) : ok('disk_room', says);
}

/** Where links of the home lead: as root, Postgres' files lie elsewhere. */
function linkedFrom(home: string): string[] {
  const links = readdirSync(home)
    .map((name) => join(home, name))
    .filter((path) => lstatSync(path).isSymbolicLink());
  return links.filter((path) => existsSync(path)).map((path) => realpathSync(path));
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}

function roomOf(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
