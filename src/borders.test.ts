/** The borders between the rooms of src/, which `npm run lint` checks: what is forbidden is found. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { strayImports } from '../tools/borders/check.ts';
import { ROOMS } from '../tools/borders/rooms.ts';

describe('the borders of rooms', () => {
  test.each([
    ['another room', 'plan/x.ts', "import { a } from '../protocol/a.ts';"],
    ['a type of another room', 'plan/x.ts', "import type { A } from '../protocol/a.ts';"],
    ['on several lines', 'plan/x.ts', "import {\n  a,\n  b,\n} from '../protocol/a.ts';"],
    ['what is passed on', 'plan/x.ts', "export { a } from '../protocol/a.ts';"],
    ['all that is passed on', 'plan/x.ts', "export * from '../protocol/a.ts';"],
    ['for its effects alone', 'plan/x.ts', "import '../protocol/a.ts';"],
    ['what is loaded later', 'plan/x.ts', "const a = await import('../protocol/a.ts');"],
    ['a type in the middle', 'plan/x.ts', "let a: import('../protocol/a.ts').A;"],
    ['a room below it', 'workflows/x.ts', "import { a } from './core/kernel/a.ts';"],
    ['the room around it', 'definition/text/x.ts', "import { a } from '../compile.ts';"],
    ['a room beside it, against the order', 'service/runs/x.ts', "import { a } from '../messages/a.ts';"],
    ['more than the face of a room', 'api/routes/x.ts', "import { a } from '../../service/use-case.ts';"],
    ['code where only types may go', 'cli/x.ts', "import { a } from '../contract/run.ts';"],
    ['the world of tests', 'api/x.ts', "import { a } from '../testing/world.ts';"],
    ['what is outside', 'api/x.ts', "import { a } from '../../test/support/a.ts';"],
    ['Node where it is pure', 'plan/x.ts', "import { readFileSync } from 'node:fs';"],
    ['Node by its short name', 'plan/x.ts', "import { readFileSync } from 'fs';"],
    ['a package', 'projections/fold/rows/x.ts', "import { z } from 'zod';"],
    ['a part of a package', 'plan/x.ts', "import { z } from 'zod/v4';"],
    ['a package of a vendor', 'api/x.ts', "import { Client } from '@temporalio/client';"],
  ])('%s is refused', (_, path, text) => {
    expect(strayImports(path, text)).toHaveLength(1);
  });

  test.each([
    ['plan/x.ts', "import { a } from './y.ts';"],
    ['protocol/deep/x.ts', "import { a } from '../../plan/schema/a.ts';"],
    ['cli/runs/x.ts', "import type { Run } from '../../contract/run.ts';"],
    ['api/routes/x.ts', "import { a } from '../../service/index.ts';"],
    ['tables/x.ts', "import { sql } from '../database/sql.ts';"],
    ['workflows/x.ts', "import { log } from '@temporalio/workflow';"],
  ])('%s may have %s', (path, text) => {
    expect(strayImports(path, text)).toEqual([]);
  });

  test('a file belongs to a room', () => {
    expect(strayImports('attic/x.ts', '')).toEqual(['src/attic/x.ts is in no room']);
    expect(strayImports('x.ts', '')).toHaveLength(1);
  });

  test('each room that is named is there', () => {
    const named = Object.entries(ROOMS).flatMap(([room, { may, types = [] }]) => [room, ...may, ...types]);
    expect(named.filter((room) => !existsSync(join(import.meta.dirname, room)))).toEqual([]);
  });
});
