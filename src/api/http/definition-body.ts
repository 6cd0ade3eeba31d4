/** Bodies that are definitions. */

/** Media types of definitions; everything but JSON is YAML. */
export const DEFINITION_TYPES = [
  'application/yaml',
  'text/yaml',
  'application/x-yaml',
  'application/json',
] as const;

/** The format that a Content-Type says. */
export function formatOf(contentType: string | undefined): 'yaml' | 'json' {
  return contentType?.startsWith('application/json') === true ? 'json' : 'yaml';
}
