import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWhole } from '../../../test/support/cases.ts';
import type { StepEdit } from '../../protocol/editing/step-edit.ts';
import { compile } from '../compile.ts';
import { convertDefinition } from '../convert.ts';
import { applyEdits } from '../editing/apply-edits.ts';
import { outlineAgain } from './outline.ts';
import { outlineFor } from './parse.ts';
import { Recall } from './recall.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', '..', 'examples');

const WRITTEN = `# What we do
name: w
version: 1.0
inputs: { who: string }
agents: { poet: { model: openai/gpt-5 } }
steps:
  # first
  - key: a
    transform: 'inputs.who' # plain

  - { key: b, dependencies: [a], transform: 'a.result' }
  - key: c
    agent: poet
    dependencies: [b]
    prompt: |
      Write of {{ b.result }}

      and rest
  # last
  - key: d
    when: c.status == "completed"
    dependencies: [c]
    agent: poet
    prompt: >+
      {{ c.result }}

outputs: { d: '{{ d.result }}' }
`;
const IMPLIED = `steps:
- key: a
  agent: poet
  prompt: "{{ topic }} {{ place }}"
- key: b
  dependencies: [a]
  agent: poet
  prompt: "{{ topic }} {{ a.result }}"
agents:
  poet: {}
name: implied
`;

const texts = [
  ...[
    WRITTEN,
    IMPLIED,
    convertDefinition(WRITTEN, 'json'),
    JSON.stringify(JSON.parse(convertDefinition(IMPLIED, 'json'))),
  ],
  ...readdirSync(EXAMPLES)
    .filter((file) => file.endsWith('.yaml') && file !== 'fan-200.yaml')
    .map((file) => readFileSync(join(EXAMPLES, file), 'utf8')),
];

const SNIPPETS = [
  ...[
    '',
    '\n',
    ' ',
    '  ',
    '- ',
    '\n  - key: n\n    transform: "1"\n',
    '- { key: n, transform: "1" }\n',
    '{"key":"n","transform":"1"},',
  ],
  ...[
    '#',
    ' # x\n',
    '---\n',
    '...\n',
    ': ',
    '&x ',
    '*x',
    '|+\n',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ',',
    '!t ',
    '\t',
    '{{ a.result }}',
  ],
  ...[
    'dependencies: [a]\n',
    'key: b',
    '<<: x',
    '\r\n',
    '? ',
    'outputs: 1\n',
    '\n\n\n',
    '%',
    '1e999',
    '12345678901234567890',
  ],
];

/** Some places of a text, each replaced by something. */
const changes = fc.array(
  fc.record({
    at: fc.nat(),
    remove: fc.oneof(fc.constant(0), fc.nat(8), fc.nat(120)),
    put: fc.constantFrom(...SNIPPETS),
    anew: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);

describe('what is remembered', () => {
  test.runIf(isWhole)('changes nothing about what a text is compiled to, nor what is said of it', () => {
    let near = 0;
    fc.assert(
      fc.property(fc.constantFrom(...texts), changes, (text, all) => {
        const recall = new Recall();
        compile(text, { recall });
        let now = text;
        for (const { at, remove, put, anew } of all) {
          if (anew) now = text;
          const place = at % (now.length + 1);
          now = now.slice(0, place) + put + now.slice(place + remove);
          if (recall.near(now) !== undefined) near++;
          expect(compile(now, { recall })).toEqual(compile(now));
        }
      }),
      { numRuns: 60 },
    );
    expect(near).toBeGreaterThan(10);
  });

  test('changes nothing about an edited text', () => {
    for (const text of isWhole ? texts : texts.slice(0, 2)) {
      const recall = new Recall();
      const compiled = compile(text, { recall });
      if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled.errors));
      for (const { key } of compiled.plan.steps) {
        const edits: StepEdit[] = [
          { op: 'INSERT', step: { key: 'brand-new', transform: '1' }, after: key, rewire: true },
          { op: 'UPDATE', step: { key, title: 'Another: "title"\nof two lines' } },
        ];
        const edited = applyEdits(text, edits, 'edits', recall);
        expect(edited).toBe(applyEdits(text, edits));
        expect(compile(edited, { recall })).toEqual(compile(edited));
        expect(compile(edited)).toHaveProperty('plan');
      }
    }
  });

  test('saves reading and compiling what is as it was', () => {
    const recall = new Recall();
    const before = compile(WRITTEN, { recall });
    const after = compile(
      applyEdits(WRITTEN, [{ op: 'UPDATE', step: { key: 'd', title: 'D' } }], 'edits', recall),
      { recall },
    );
    if (!('plan' in before) || !('plan' in after)) throw new Error('it does not compile');
    const same = after.plan.steps.filter((step, at) => step === before.plan.steps[at]);
    expect(same.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  });

  test('does not reach over what other steps mean', () => {
    const recall = new Recall();
    compile(IMPLIED, { recall });
    // `topic` is a step now, and none that comes before.
    const text = applyEdits(
      IMPLIED,
      [{ op: 'INSERT', step: { key: 'topic', transform: '1' } }],
      'edits',
      recall,
    );
    const compiled = compile(text, { recall });
    expect('errors' in compiled && compiled.errors.map(({ code }) => code)).toContain(
      'reference_not_ancestor',
    );
  });

  test('ends with what does not stand among steps', () => {
    const outline = outlineFor(WRITTEN);
    if (outline === null) throw new Error('it has no outline');
    expect(outlineAgain(outline, WRITTEN.replace('name: w', 'name: v'))).toBeNull();
    expect(
      outlineAgain(outline, WRITTEN.replace("transform: 'a.result'", "transform: &x 'a.result'")),
    ).toBeNull();
    expect(outlineAgain(outline, WRITTEN.replace("transform: 'a.result'", "transform: '1'"))).not.toBeNull();
  });
});
