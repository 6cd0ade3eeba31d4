/**
 * The core and what it imports are evaluated once for all runs of a worker (`bundle.ts`). What such a module keeps must
 * not depend on which runs came before, or a replay would decide otherwise: everything kept is listed here with the
 * reason why it may be.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** File and name of what is kept between runs. */
const ALLOWED: Readonly<Record<string, string>> = {
  'expressions/meter.ts dialectNow': 'set anew by every evaluation',
  'expressions/meter.ts limitNow': 'set anew by every evaluation',
  'expressions/meter.ts left': 'set anew by every evaluation',
  'expressions/meter.ts evaluations': 'tells one evaluation from the next and nothing else',
  'expressions/meter.ts sourceLength': 'set anew by every evaluation',
  'expressions/meter.ts floor': 'set anew by every evaluation',
  'expressions/meter.ts callNow': 'set anew by every call of a function, for messages',
  'expressions/own-functions.ts known': 'of the evaluation under way: the next begins with none',
  'plan/schema/linear-pattern.ts cache':
    'by its key alone; what a pattern costs is charged whether it is there or not',
  'expressions/pattern.ts cache': 'by its key alone, and nothing is charged for a miss',
  'expressions/program.ts programs': 'by its key alone, and nothing is charged for a miss',
  'plan/schema/json-schema.ts validators': 'by an object of one run',
  'workflows/core/kernel/plan-index.ts cache': 'by an object of one run',
  'workflows/core/kernel/scope.ts placedParts': 'by an object of one run',
  'plan/step-at.ts cache': 'by an object of one run',
};

const SOURCES = fileURLToPath(new URL('..', import.meta.url));
const IMPORT = /^(?:import|export)\s[^;]*?from '(\.{1,2}\/[^']+\.ts)';/gms;
const TYPE_ONLY = /^(?:import|export) type\s/;
const VARIABLE = /^(?:export )?(?:let|var) (\w+)/gm;
/** Types say what is never changed. */
const COLLECTION = /^(?:export )?const (\w+)(?:: (?!Readonly)[^=]+)? = new (?:Map|Set|WeakMap|WeakSet)\b/gm;

function reachable(file: string, seen = new Map<string, string>()): ReadonlyMap<string, string> {
  if (seen.has(file)) return seen;
  const text = readFileSync(file, 'utf8');
  seen.set(file, text);
  for (const [statement, path = ''] of text.matchAll(IMPORT)) {
    if (!TYPE_ONLY.test(statement)) reachable(fileURLToPath(new URL(path, `file://${file}`)), seen);
  }
  return seen;
}

it('keeps nothing of a run in modules that runs share', () => {
  const modules = reachable(`${SOURCES}workflows/core/index.ts`);
  expect(modules.size).toBeGreaterThan(40);
  const kept = [...modules].flatMap(([file, text]) =>
    [VARIABLE, COLLECTION].flatMap((pattern) =>
      [...text.matchAll(pattern)].map(([, name]) => `${file.slice(SOURCES.length)} ${name}`),
    ),
  );
  expect(kept.length).toBeGreaterThan(2);
  expect(kept.filter((name) => !Object.hasOwn(ALLOWED, name))).toEqual([]);
});
