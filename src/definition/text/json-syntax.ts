/** Finds where a text stops being JSON. `JSON.parse` decides whether it is; its messages do not always say where. */

export interface JsonFault {
  readonly offset: number;
  readonly message: string;
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** The first fault of `text` as JSON, or null when it is JSON. Nesting is not bounded here. */
export function jsonFault(text: string): JsonFault | null {
  try {
    JSON.parse(text);
    return null;
  } catch {
    return scan(text);
  }
}

/** One pass with an explicit stack: `value`, or what may follow one inside an object or list. */
function scan(text: string): JsonFault {
  const open: ('{' | '[')[] = [];
  let at = 0;
  let expected: 'value' | 'first' | 'name' | 'after' = 'value';
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  for (;;) {
    skip(SPACE);
    const char = text.charAt(at);
    const inside = open.at(-1);
    if (expected === 'after' && inside === undefined) return fault(at, text, 'the end of the text');
    if (expected === 'after' && char === ',') [at, expected] = [at + 1, inside === '{' ? 'name' : 'value'];
    else if (expected !== 'value' && expected !== 'name' && char === (inside === '{' ? '}' : ']')) {
      open.pop();
      [at, expected] = [at + 1, 'after'];
    } else if (expected === 'after') return fault(at, text, inside === '{' ? '"," or "}"' : '"," or "]"');
    else if (expected === 'name' || (expected === 'first' && inside === '{')) {
      if (!skip(STRING)) return fault(at, text, 'a name in double quotes');
      skip(SPACE);
      if (text.charAt(at) !== ':') return fault(at, text, '":"');
      [at, expected] = [at + 1, 'value'];
    } else if (char === '{' || char === '[') {
      open.push(char);
      [at, expected] = [at + 1, 'first'];
    } else if (skip(STRING) || skip(PLAIN)) expected = 'after';
    else return fault(at, text, 'a value');
  }
}

function fault(offset: number, text: string, expected: string): JsonFault {
  const found = offset < text.length ? JSON.stringify(text.charAt(offset)) : 'the end of the text';
  return { offset, message: `Expected ${expected}, found ${found}.` };
}
