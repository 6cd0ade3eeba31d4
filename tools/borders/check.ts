/** Finds imports that lead where a room may not go. */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { ROOMS, type Room } from './rooms.ts';

interface Import {
  readonly source: string;
  readonly isType: boolean;
}

/** As they stand once the format has been checked: statements begin a line, and sources are in single quotes. */
const STATEMENT = /^(?:import|export)\b\s*(?:([^'";]*?)\bfrom\s*)?'([^']+)'/gm;
const LATER = /\bimport\(\s*'([^']+)'/g;

function importsOf(text: string): readonly Import[] {
  const statements = [...text.matchAll(STATEMENT)].map(([, names = '', source = '']) => ({
    source,
    isType: /^type\s/.test(names),
  }));
  const later = [...text.matchAll(LATER)].map(([, source = '']) => ({ source, isType: false }));
  return [...statements, ...later];
}

/** The innermost that holds a file. @param path below src */
function roomOf(path: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}

/** What is wrong with the imports of a file, a line each. @param path below src */
export function strayImports(path: string, text: string): readonly string[] {
  const name = roomOf(path);
  const room = name === undefined ? undefined : ROOMS[name];
  if (name === undefined || room === undefined) return [`src/${path} is in no room`];
  return importsOf(text)
    .filter((found) => !isAllowed(path, name, room, found))
    .map(({ source }) => `src/${path} may not import ${source}`);
}

function isAllowed(path: string, name: string, room: Room, { source, isType }: Import): boolean {
  if (!source.startsWith('.')) return !(room.without ?? []).some((pattern) => matches(pattern, source));
  // From beside src the way leads back into it.
  const target = posix.join(posix.dirname(path), source).replace(/^\.\.\/src\//, '');
  const to = roomOf(target);
  if (to === undefined) return false;
  const allowed = isType ? [...room.may, ...(room.types ?? [])] : room.may;
  return to === name || allowed.includes(to) || allowed.includes(target);
}

function matches(pattern: string, source: string): boolean {
  if (pattern === 'node:*') return isBuiltin(source);
  if (pattern.endsWith('/*')) return source.startsWith(pattern.slice(0, -1));
  return source === pattern || source.startsWith(`${pattern}/`);
}
