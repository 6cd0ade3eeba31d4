/** Finds words in JSON Schemas that say nothing: misspelt keywords, and names of properties where keywords stand. */
import type { JsonObject, Path } from '../../plan/json.ts';
import { typeMeant } from './foreign-names.ts';
import type { Problems } from '../text/problem.ts';
import { closest } from './suggest.ts';

/** Drafts 7 to 2020-12, and what others add to them without meaning harm. */
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    '$schema $id id $ref $anchor $dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor $defs $vocabulary $comment ' +
    'definitions type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength ' +
    'pattern maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required ' +
    'dependentRequired dependencies dependentSchemas if then else allOf anyOf oneOf not properties ' +
    'patternProperties additionalProperties propertyNames unevaluatedProperties items prefixItems additionalItems ' +
    'unevaluatedItems contains format contentEncoding contentMediaType contentSchema title description default ' +
    'deprecated readOnly writeOnly examples example nullable discriminator xml externalDocs'
  ).split(' '),
);
const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null', 'any'];

export interface SchemaWord {
  readonly name: string;
  readonly value: unknown;
  readonly at: Path;
}

const isKnown = (name: string): boolean => KEYWORDS.has(name) || /^x-/i.test(name);

/** Notes what of the words of a schema is no keyword. `true` when the schema says nothing at all. */
export function noteUnknownWords(
  schema: JsonObject,
  words: readonly SchemaWord[],
  path: Path,
  problems: Problems,
): boolean {
  const names = Object.keys(schema);
  if (names.length > 0 && !names.some(isKnown)) {
    const message = 'This schema says nothing: none of its words is a keyword of JSON Schema.';
    problems.error('schema_invalid', path, message, () => `Write ${asProperties(schema)}.`);
    return true;
  }
  for (const { name, at } of words.filter((word) => !isKnown(word.name)).slice(0, 20)) {
    const near = (): string => {
      const meant = closest(name, KEYWORDS);
      return meant === undefined ? 'Properties stand below "properties".' : `Did you mean "${meant}"?`;
    };
    const message = `"${name}" is no keyword of JSON Schema, so it says nothing.`;
    problems.warn('schema_word_unknown', [...path, ...at], message, near, 'key');
  }
  return false;
}

/** `{severity: string}` as a schema of an object. */
function asProperties(schema: JsonObject): string {
  const members = Object.entries(schema).slice(0, 4);
  const properties = members.map(([name, value]) => {
    const type = typeof value === 'string' ? (typeMeant(value) ?? value) : 'string';
    return `${name}: {type: ${TYPES.includes(type) ? type : 'string'}}`;
  });
  return `{type: object, properties: {${properties.join(', ')}}}`;
}
