/** What is written in expressions of other languages, and how it is written here. */
import { FUNCTIONS, METHODS } from '../../expressions/index.ts';

interface Rule {
  readonly pattern: RegExp;
  /** The expression as it could be written, or words that say so. */
  readonly hint: (found: RegExpExecArray, text: string) => string;
}

/** Longer expressions are not looked at. */
const MAX_LENGTH = 1_000;

/** On expressions that cannot be read. Strings are blanked out when the patterns look at them. */
const RULES: readonly Rule[] = [
  { pattern: /[“”‘’„«»]/, hint: () => 'Write straight quotes: "…" or \'…\'.' },
  {
    pattern: /[\u00a0\u2000-\u200b\u202f\u3000\ufeff]/,
    hint: () => 'There is a space here that is none of the keyboard: write it anew.',
  },
  { pattern: /^\s*\{\s*([\w.-]+)\s*\}\s*$/, hint: (found) => `Two braces are enough: {{ ${found[1]} }}` },
  { pattern: /`/, hint: () => 'Write quotes: "…" or \'…\'.' },
  { pattern: /===|!==/, hint: (found, text) => `Write ${replaced(text, found, found[0].slice(0, 2))}` },
  { pattern: /<>/, hint: (found, text) => `Write ${replaced(text, found, '!=')}` },
  {
    pattern: /\?\?/,
    hint: (found, text) => {
      const after = text.slice(found.index + 2).trim();
      return `Write default(${text.slice(0, found.index).trim()}, ${after === '' ? 'VALUE' : after})`;
    },
  },
  { pattern: /\?\./, hint: () => 'Write default(a.b.c, VALUE): it takes VALUE when any part is missing.' },
  { pattern: /(?<![|])\|(?![|])/, hint: (_, text) => filterHint(text) },
  { pattern: /(?<![&])&(?![&])/, hint: (found, text) => `Write ${replaced(text, found, '&&')}` },
  { pattern: /\b(?:and|AND)\b/, hint: (found, text) => `Write ${replaced(text, found, '&&')}` },
  { pattern: /\b(?:or|OR)\b/, hint: (found, text) => `Write ${replaced(text, found, '||')}` },
  { pattern: /\bnot\s+in\b/, hint: (_, text) => `Write !(${text.trim().replace(/\bnot\s+in\b/, 'in')})` },
  { pattern: /\b(?:not|NOT)\b\s*/, hint: (found, text) => `Write ${replaced(text, found, '!')}` },
  { pattern: /\bis\s+not\b/, hint: (found, text) => `Write ${replaced(text, found, '!=')}` },
  { pattern: /\bis\b/, hint: (found, text) => `Write ${replaced(text, found, '==')}` },
  { pattern: /(?<![=!<>])=(?!=)/, hint: (found, text) => `Write ${replaced(text, found, '==')}` },
  { pattern: /\bif\b(.*)\belse\b/, hint: () => 'Write CONDITION ? ONE : OTHER.' },
  {
    pattern: /=>|->|\blambda\b|\bfunction\b/,
    hint: () => 'Write list.map(x, …) or list.filter(x, …): the name of the element first.',
  },
  { pattern: /\*\*/, hint: () => 'There is no power: multiply.' },
  { pattern: /\/\//, hint: () => 'What follows // is a comment.' },
  { pattern: /\$/, hint: (_, text) => `Leave the $ out: ${text.replaceAll(/\$\{?|(?<=\w)\}/g, '').trim()}` },
  {
    pattern: /\.(\d+)(?![\w.])/,
    hint: (found, text) => `Write ${replaced(text, found, `[${found[1]}]`)}`,
  },
  {
    pattern: /(?<=[\w)\]])\.(\d\w*(?:-\w+)*)/,
    hint: (found, text) => `Write ${replaced(text, found, `["${found[1]}"]`)}`,
  },
  { pattern: /\+\+|--|\+=|-=/, hint: () => 'Nothing can be changed in an expression: compute a new value.' },
  { pattern: /;/, hint: () => 'An expression is one: leave the ";" out.' },
];

/** What was meant by an expression that cannot be read, or undefined. */
export function syntaxMeant(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const bare = blanked(text);
  for (const { pattern, hint } of RULES) {
    const found = pattern.exec(bare);
    if (found !== null) return hint(found, text).slice(0, 300);
  }
  return undefined;
}

/** The text with its quoted strings filled with spaces, so that every offset stays what it was. */
export function blanked(text: string): string {
  return text.replaceAll(
    /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g,
    (string) => `"${' '.repeat(string.length - 2)}"`,
  );
}

function replaced(text: string, found: RegExpExecArray, by: string): string {
  return (text.slice(0, found.index) + by + text.slice(found.index + found[0].length)).trim();
}

/** `a | upper` as `upper(a)`. */
function filterHint(text: string): string {
  const [value = '', filter = ''] = text.split('|').map((part) => part.trim());
  const [, name = '', args = ''] = /^(\w+)\s*(?:\((.*)\))?/.exec(filter) ?? [];
  const meant = functionMeant(name) ?? name;
  const rest = args === '' ? '' : `, ${args}`;
  if (FUNCTIONS.has(meant)) return `There are no filters. Write ${meant}(${value}${rest})`;
  return 'There are no filters: write function(value), or || for "or".';
}

/** Functions of other languages. */
const MEANT: Readonly<Record<string, string>> = {
  ...{ len: 'size', length: 'size', count: 'size', strlen: 'size', sizeof: 'size' },
  ...{ tojson: 'json', tojsonstring: 'json', jsonencode: 'json', stringify: 'json', dumps: 'json' },
  ...{ fromjson: 'parse_json', jsondecode: 'parse_json', jsonparse: 'parse_json', loads: 'parse_json' },
  ...{
    parsejson: 'parse_json',
    tolower: 'lower',
    tolowercase: 'lower',
    lowercase: 'lower',
    lowerascii: 'lower',
  },
  ...{ toupper: 'upper', touppercase: 'upper', uppercase: 'upper', upperascii: 'upper', strip: 'trim' },
  ...{
    str: 'string',
    tostring: 'string',
    text: 'string',
    number: 'double',
    float: 'double',
    parseint: 'int',
  },
  ...{ integer: 'int', parsefloat: 'double', boolean: 'bool', coalesce: 'default', ifnull: 'default' },
  ...{ defined: 'has', exists: 'has', isset: 'has', replaceall: 'replace', concat: 'join', items: 'values' },
  ...{ startswith: 'startsWith', endswith: 'endsWith', includes: 'contains', substr: 'substring' },
  ...{
    slice: 'substring',
    charat: 'substring',
    mid: 'substring',
    test: 'matches',
    match: 'matches',
    regex: 'matches',
    find: 'indexOf',
    some: 'exists',
  },
  ...{ every: 'all', any: 'exists', success: 'succeeded', failure: 'failed', completed: 'succeeded' },
};

/** The function that is meant by a name of another language; undefined for a name that is not known. */
export function functionMeant(name: string): string | undefined {
  const plain = name.toLowerCase().replaceAll('_', '');
  const same = [...FUNCTIONS, ...METHODS].find((known) => known.toLowerCase().replaceAll('_', '') === plain);
  return same ?? (Object.hasOwn(MEANT, plain) ? MEANT[plain] : undefined);
}

/** Words that other languages have for values and operators. */
const WORDS: Readonly<Record<string, string>> = {
  ...{ yes: 'true', on: 'true', True: 'true', TRUE: 'true', Yes: 'true', YES: 'true' },
  ...{ no: 'false', off: 'false', False: 'false', FALSE: 'false', No: 'false', NO: 'false' },
  ...{ None: 'null', nil: 'null', undefined: 'null', Null: 'null', NULL: 'null', none: 'null' },
  ...{ succeeded: 'succeeded()', success: 'succeeded()', failed: 'failed()', failure: 'failed()' },
  ...{ always: 'always()', and: '&&', or: '||', not: '!', AND: '&&', OR: '||', NOT: '!' },
};

/** How a bare word is written here that is a value or an operator elsewhere. */
export function wordMeant(name: string): string | undefined {
  return Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
}
