import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isWhole } from '../../test/support/cases.ts';
import { compile } from './compile.ts';
import { convertDefinition } from './convert.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const files = readdirSync(EXAMPLES).filter(
  (name) => name.endsWith('.yaml') && (isWhole || name !== 'fan-200.yaml'),
);

const hashOf = (text: string, format: 'yaml' | 'json') => {
  const compiled = compile(text, { format });
  return 'plan' in compiled ? compiled.plan.hash : compiled.errors;
};

describe('a definition in the other format', () => {
  it.each(files)('%s is the same plan as JSON, and as YAML again', (file) => {
    const text = readFileSync(join(EXAMPLES, file), 'utf8');
    const hash = hashOf(text, 'yaml');
    const json = convertDefinition(text, 'json');
    expect(() => JSON.parse(json) as unknown).not.toThrow();
    expect(hashOf(json, 'json')).toEqual(hash);
    expect(hashOf(convertDefinition(json, 'yaml'), 'yaml')).toEqual(hash);
  });

  it('keeps order, the form of numbers, what aliases stand for, and texts of many lines', () => {
    const text = [
      'z: 1.10',
      'a: &one {x: 7615917337495251231, y: 1e3}',
      'b: *one',
      'c: |',
      '  first',
      '',
      '  third: "x"',
      'd: [~, yes, "1.0"]',
      '12: 0x1F',
    ].join('\n');
    const json = convertDefinition(text, 'json');
    expect(json).toBe(
      [
        '{',
        '  "z": 1.10,',
        '  "a": {',
        '    "x": 7615917337495251231,',
        '    "y": 1e3',
        '  },',
        '  "b": {',
        '    "x": 7615917337495251231,',
        '    "y": 1e3',
        '  },',
        '  "c": "first\\n\\nthird: \\"x\\"\\n",',
        '  "d": [',
        '    null,',
        '    "yes",',
        '    "1.0"',
        '  ],',
        '  "12": 31',
        '}',
        '',
      ].join('\n'),
    );
    expect(convertDefinition('a: 0755', 'json', 'texts')).toBe('{\n  "a": "0755"\n}\n');
    const yaml = convertDefinition(json, 'yaml');
    expect(yaml).toContain('c: |\n  first\n\n  third: "x"\n');
    expect(yaml).toContain('x: 7615917337495251231');
    expect(yaml).toContain('z: 1.10');
  });
});
