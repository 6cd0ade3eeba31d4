/**
 * Expressions, answers and schemas that would keep a worker busy for minutes or years: their runs end with a reason,
 * and others go on meanwhile.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startBaton } from './support/baton.ts';

const script = join(mkdtempSync(join(tmpdir(), 'baton-script-')), 'script.json');
writeFileSync(
  script,
  JSON.stringify({
    script: 1,
    calls: [
      {
        step: 're',
        turns: [
          { reply: JSON.stringify({ x: `${'a'.repeat(32)}!` }) },
          { expect: 'x: String does not match pattern', reply: '{"x":"aaa"}' },
        ],
      },
    ],
  }),
);
const baton = await startBaton({ BATON_SCRIPT: script });

async function start(name: string, steps: string, inputs: object = {}): Promise<string> {
  await baton.publish(`name: ${name}\nversion: 1.0.0\n${steps}`);
  return (await baton.start({ workflow: name, inputs })).id;
}

test('what cannot be done in time ends with a reason, and holds up nobody', async () => {
  const alternation = `^${'(a|aa)'.repeat(30)}b$`;
  const ids = await Promise.all([
    start(
      'alternation',
      `inputs: { t: string }\nsteps:\n  - { key: a, when: 'inputs.t.matches("${alternation}")', transform: '1' }\n`,
      { t: 'a'.repeat(60) },
    ),
    start(
      'product-of-sizes',
      `inputs: { u: string, x: string, y: string }
steps:
  - key: a
    when: 'inputs.x.replace("x", inputs.u).lastIndexOf(inputs.y.replace("x", inputs.u) + "b") < 0'
    transform: '1'
`,
      { u: 'a'.repeat(64), x: 'x'.repeat(20_000), y: 'x'.repeat(5_000) },
    ),
    start(
      'replaced',
      `inputs: { x: string }\nsteps:\n  - { key: a, transform: '{{ inputs.x.replace("x", inputs.x) }}' }\n`,
      {
        x: 'x'.repeat(20_000),
      },
    ),
  ]);
  const plain = await start('plain', `steps:\n  - { key: a, transform: '{{ 1 + 1 }}' }\n`);
  expect(await baton.finished(plain)).toMatchObject({ status: 'completed', diverged: null });
  const [alternative, product, replaced] = await Promise.all(ids.map((id) => baton.finished(id)));
  expect(alternative).toMatchObject({ status: 'completed', diverged: null });
  expect(await baton.steps(ids[0] ?? '')).toMatchObject({ a: { status: 'skipped' } });
  for (const run of [product, replaced]) {
    expect(run).toMatchObject({ status: 'failed', diverged: null });
    expect(run?.error).toMatchObject({ type: 'expression_too_expensive' });
  }
});

test('an answer that a backtracking pattern would never let go of is judged', async () => {
  const schema = `{ type: object, properties: { x: { type: string, pattern: '^(a+)+$' } } }`;
  const id = await start(
    'schema-pattern',
    `steps:\n  - { key: re, agent: docs, prompt: hi, output_schema: ${schema} }\n`,
  );
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', output: { x: 'aaa' } });
});
