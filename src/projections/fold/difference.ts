/**
 * Where two JSON values differ first, as a path such as `$.steps[0].key`, or null when they are the same. A member
 * that is undefined counts as absent, as it does in JSON text.
 */
export function difference(left: unknown, right: unknown, path = '$'): string | null {
  if (left === right) return null;
  if (!isContainer(left) || !isContainer(right)) return path;
  if (Array.isArray(left) || Array.isArray(right)) {
    return Array.isArray(left) && Array.isArray(right) ? inLists(left, right, path) : path;
  }
  return inObjects(left, right, path);
}

type JsonContainer = Readonly<Record<string, unknown>>;

function inLists(left: readonly unknown[], right: readonly unknown[], path: string): string | null {
  if (left.length !== right.length) return `${path}.length`;
  for (let i = 0; i < left.length; i++) {
    const found = difference(left[i] ?? null, right[i] ?? null, `${path}[${i}]`);
    if (found !== null) return found;
  }
  return null;
}

function inObjects(left: JsonContainer, right: JsonContainer, path: string): string | null {
  for (const key of Object.keys(left)) {
    const found = difference(left[key], right[key], `${path}.${key}`);
    if (found !== null) return found;
  }
  for (const key of Object.keys(right)) {
    if (right[key] !== undefined && left[key] === undefined) return `${path}.${key}`;
  }
  return null;
}

function isContainer(value: unknown): value is JsonContainer {
  return typeof value === 'object' && value !== null;
}
