/** Which members can stand at a place of a definition, by the path of the map. Pure. */
import {
  AGENT,
  ASK,
  DEFINITION,
  EDITS,
  FALLBACK,
  HTTP,
  INPUT,
  KINDS,
  LIMITS,
  MCP,
  NODE,
  ON_TIMEOUT,
  RETRY,
  STEP,
  WORKSPACE,
  type Members,
} from './members.ts';

/** Names, and `*` for an item of a list. */
export type PlacePath = readonly string[];

/** By the path in which each name of the author's is `*` too; the longest that fits. */
const MAPS: readonly (readonly [pattern: readonly string[], members: Members])[] = [
  [[], DEFINITION],
  [['inputs', '*'], INPUT],
  [['agents', '*'], AGENT],
  [['agents', '*', 'limits'], LIMITS],
  [['agents', '*', 'mcp', '*'], MCP],
  [['limits'], LIMITS],
  [['edits'], EDITS],
  [['workspace'], WORKSPACE],
  [['steps', '*', 'http'], HTTP],
  [['steps', '*', 'node'], NODE],
  [['steps', '*', 'ask'], ASK],
  [['steps', '*', 'ask', 'on_timeout'], ON_TIMEOUT],
  [['steps', '*', 'retry'], RETRY],
  [['steps', '*', 'limits'], LIMITS],
  [['steps', '*', 'edits'], EDITS],
  [['steps', '*', 'onError'], FALLBACK],
  [['steps', '*', 'on_error'], FALLBACK],
];

/**
 * The members of the map at `path`; undefined: names are the author's there, or nothing is known of it.
 *
 * @param present members that the map has: of a step they tell its kind
 */
export function membersAt(path: PlacePath, present: readonly string[]): Members | undefined {
  if (path.length === 2 && path[0] === 'steps') return stepMembers(present);
  return MAPS.find(([pattern]) => fits(pattern, path))?.[1];
}

/** The kind that a step says it is of. */
export function kindIn(present: readonly string[]): string | undefined {
  return Object.keys(KINDS).find((kind) => present.includes(kind));
}

/** Of its kind; of one that has not said it, those that tell the kind as well. */
function stepMembers(present: readonly string[]): Members {
  const kind = kindIn(present);
  if (kind !== undefined) return { ...KINDS[kind], ...STEP };
  const { key, ...rest } = STEP;
  const telling = Object.fromEntries(
    Object.entries(KINDS).flatMap(([name, members]) => {
      const member = members[name];
      return member === undefined ? [] : [[name, member]];
    }),
  );
  return { ...(key !== undefined && { key }), ...telling, ...rest };
}

function fits(pattern: readonly string[], path: PlacePath): boolean {
  return pattern.length === path.length && pattern.every((part, at) => part === '*' || part === path[at]);
}
