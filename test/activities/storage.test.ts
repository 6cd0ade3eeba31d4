/** Activities against a real database: large values by reference, and plans by name. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createActivities, type Activities } from '../../src/activities/activities.ts';
import type { Database } from '../../src/database/database.ts';
import { sql } from '../../src/database/sql.ts';
import { createLogger } from '../../src/log/log.ts';
import type { Json } from '../../src/plan/json.ts';
import type { StepSpec } from '../../src/plan/plan.ts';
import type { StepActivityInput } from '../../src/protocol/activity.ts';
import {
  INLINE_RESULT_BYTES,
  keptKey,
  MAX_RESULT_BYTES,
  STORED_RESULT_BYTES,
} from '../../src/protocol/values.ts';
import { PostgresStreamer } from '../../src/streaming/postgres-streamer.ts';
import { afterFile } from '../support/after-file.ts';
import { freshDatabase } from '../support/index.ts';
import { failureOf, runActivity, stepInput, testConfig } from '../support/step-attempt.ts';
import { INTERPRETER_VERSION } from '../../src/protocol/envelope.ts';
import { openTestDatabase } from '../support/test-database.ts';

const log = createLogger('test', 'silent');
let database: Database;
let activities: Activities;
beforeAll(async () => {
  database = openTestDatabase(await freshDatabase(), log);
  activities = createActivities({
    database,
    log,
    config: testConfig(),
    streamer: new PostgresStreamer(database, log),
    workspaceQueue: 'test.workspace',
    env: {},
  });
});
afterFile(() => database.end());

const echo: StepSpec = { kind: 'transform', value: { $expr: 'inputs.it' } };
const echoed = (it: Json, over: Partial<StepActivityInput> = {}) =>
  runActivity(
    activities.transform,
    stepInput(echo, { values: { inputs: { it: { value: it } }, steps: {} }, ...over }),
  );
/** A string whose JSON text has this many bytes. */
const ofBytes = (bytes: number) => 'x'.repeat(bytes - 2);

describe('results', () => {
  it('stand inline alone while they are small', async () => {
    const { result } = await echoed(ofBytes(STORED_RESULT_BYTES));
    expect(result).toMatchObject({ value: ofBytes(STORED_RESULT_BYTES), bytes: STORED_RESULT_BYTES });
    expect(result.ref).toBeUndefined();
  });

  it('stand inline and in the blob table up to 32 KB', async () => {
    for (const bytes of [STORED_RESULT_BYTES + 1, INLINE_RESULT_BYTES]) {
      const { result } = await echoed(ofBytes(bytes));
      expect(result.value).toBe(ofBytes(bytes));
      expect(result.ref?.bytes).toBe(bytes);
      expect(result.kept).toBeUndefined();
    }
  });

  it('are referenced above, with the parts that conditions read and a preview', async () => {
    const value = { verdict: { ok: true }, text: ofBytes(5 * 1024 * 1024) };
    const { result } = await echoed(value, { keep: [['verdict', 'ok'], ['missing']] });
    const text = JSON.stringify(value);
    expect(result).toEqual({
      ref: { $blob: createHash('sha256').update(text).digest('hex'), bytes: text.length },
      kept: { [keptKey(['verdict', 'ok'])]: true },
      bytes: text.length,
      preview: expect.stringMatching(/^{"verdict":{"ok":true},"text":"x+…$/),
    });
    const { rows } = await database.query(sql`select content from blobs where hash = ${result.ref?.$blob}`);
    expect(rows).toEqual([{ content: text }]);
  });

  it('come back from their reference, the same value stored once', async () => {
    const value = { list: Array.from({ length: 20_000 }, (_, n) => `${n} ü \u0000 \ud83d`) };
    const first = await echoed(value);
    const ref = first.result.ref ?? { $blob: '', bytes: 0 };
    const again = await runActivity(
      activities.transform,
      stepInput(
        { kind: 'transform', value: { $expr: 'steps.a.output' } },
        {
          values: { inputs: {}, steps: { a: { status: 'completed', result: { ref } } } },
        },
      ),
    );
    expect(again.result.ref).toEqual(ref);
    const { rows } = await database.query(sql`select count(*) from blobs where hash = ${ref.$blob}`);
    expect(rows).toEqual([{ count: 1 }]);
  });

  it('fail when conditions want too much of them', async () => {
    const failure = await failureOf(echoed({ all: ofBytes(100_000) }, { keep: [['all']] }));
    expect(failure).toMatchObject({
      type: 'result_too_large',
      message: expect.stringMatching(/1000\d\d bytes.*65536/),
    });
  });

  it('fail above the hard limit, naming limit and size', async () => {
    // A text as it stands: an expression over so much would cost too much.
    const spec: StepSpec = { kind: 'transform', value: ofBytes(MAX_RESULT_BYTES + 1) };
    const failure = await failureOf(runActivity(activities.transform, stepInput(spec)));
    expect(failure).toMatchObject({
      type: 'result_too_large',
      message: expect.stringMatching(new RegExp(`${MAX_RESULT_BYTES + 1} bytes.*${MAX_RESULT_BYTES}`)),
    });
  });

  it('say when a stored value is gone', async () => {
    const ref = { $blob: '0'.repeat(64), bytes: 1 };
    const values = { inputs: { it: { ref } }, steps: {} };
    expect((await failureOf(runActivity(activities.transform, stepInput(echo, { values })))).type).toBe(
      'value_missing',
    );
  });
});

describe('plan', () => {
  beforeAll(async () => {
    for (const [name, archived] of [
      ['kept', null],
      ['archived', new Date()],
    ] as const) {
      await database.query(
        sql`insert into workflows (name, latest_version, archived_at) values (${name}, '10.0.0', ${archived})`,
      );
      for (const [ordinal, version] of ['9.0.0', '10.0.0'].entries()) {
        await database.query(sql`
          insert into workflow_versions (workflow, version, ordinal, hash, source, format, plan)
          values (${name}, ${version}, ${ordinal + 1}, ${`sha256:${version}`}, '', 'yaml', ${{ name, version }})`);
      }
    }
  });

  it.each([
    ['the newest by ordinal', { name: 'kept' }, '10.0.0'],
    ['a version', { name: 'kept', version: '9.0.0' }, '9.0.0'],
    ['a hash', { name: 'kept', hash: 'sha256:9.0.0' }, '9.0.0'],
    ['a version that was archived meanwhile', { name: 'archived', version: '9.0.0' }, '9.0.0'],
  ])('loads %s', async (_, input, version) => {
    expect(await activities.plan(input)).toEqual({
      plan: { name: input.name, version },
      interpreter: INTERPRETER_VERSION,
    });
  });

  it.each([
    ['an unknown name', { name: 'nobody' }, /"nobody" is published/],
    ['an archived one', { name: 'archived' }, /archived/],
    ['an unknown version', { name: 'kept', version: '11.0.0' }, /no published version 11\.0\.0/],
    ['an unknown hash', { name: 'kept', hash: 'sha256:x' }, /no published version sha256:x/],
  ])('fails for %s', async (_, input, message) => {
    expect(await failureOf(activities.plan(input))).toMatchObject({
      type: 'definition_not_found',
      message: expect.stringMatching(message),
    });
  });
});
