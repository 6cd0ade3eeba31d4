/** How deep a value is nested, told without recursion: what is checked here may be anything. */

/** Deeper values are refused wherever they come from: recursion over them must not end a process. */
export const MAX_DEPTH = 200;
/** What is said of them. */
export const TOO_DEEP = `lists and maps stand more than ${MAX_DEPTH} deep in one another`;

/** True when lists and maps stand more than `limit` deep in one another. */
export function isDeeperThan(value: unknown, limit: number = MAX_DEPTH): boolean {
  let layer: readonly object[] = isNest(value) ? [value] : [];
  for (let depth = 0; layer.length > 0; depth++) {
    if (depth >= limit) return true;
    layer = nestsIn(layer);
  }
  return false;
}

/** What is wrong with a value from outside: it must not be deeper than recursion over it can bear. */
export function depthFault(value: unknown, limit: number = MAX_DEPTH): string | null {
  return isDeeperThan(value, limit) ? TOO_DEEP : null;
}

/** Every value that comes from outside passes here: plain loops take a third of what mapping and filtering take. */
function nestsIn(layer: readonly object[]): readonly object[] {
  const inner: object[] = [];
  for (const nest of layer) {
    for (const value of Array.isArray(nest) ? nest : Object.values(nest))
      if (isNest(value)) inner.push(value);
  }
  return inner;
}

function isNest(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
