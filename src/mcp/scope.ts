/** What a client of the MCP server may do: told to it when it is set up, not proved by it. */

/** `read`: looks. `steer`: starts runs and acts on them. `author`: publishes definitions and edits the plans of runs. */
export const SCOPES = ['read', 'steer', 'author'] as const;

export type Scope = (typeof SCOPES)[number];

/** Nothing at all. */
const NONE = 'none';

/** Of `read,steer` or `none`; undefined for what is neither. */
export function parseScopes(text: string): readonly Scope[] | undefined {
  const names = text.split(',').map((name) => name.trim());
  if (names.length === 1 && names[0] === NONE) return [];
  return names.every(isScope) ? SCOPES.filter((scope) => names.includes(scope)) : undefined;
}

/** How it is written where it was not in its form. */
export const SCOPE_FORM = `write ${SCOPES.join(', ')}, several with commas between them, or ${NONE}`;

/** What is in both. */
export function within(bound: readonly Scope[], wanted: readonly Scope[]): readonly Scope[] {
  return bound.filter((scope) => wanted.includes(scope));
}

function isScope(name: string): name is Scope {
  return (SCOPES as readonly string[]).includes(name);
}
