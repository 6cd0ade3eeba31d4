import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { writeTo } from './output.ts';
import { paintFor } from './style.ts';

const HOSTILE = 'a\u001b]0;title\u0007b\u001b[2Jc\u009b31md\u202ee\u2066f\u007f\rg\u0000';

function written(text: string): string {
  const stream = new PassThrough();
  writeTo(stream, text);
  return String(stream.read());
}

it('writes nothing that a terminal obeys, and says what was there', () => {
  expect(written(`${HOSTILE}\tx\r\ny\n`)).toBe(
    'a\\u001b]0;title\\u0007b\\u001b[2Jc\\u009b31md\\u202ee\\u2066f\\u007f\\u000dg\\u0000\tx\r\ny\n',
  );
});

it('writes JSON that means the same', () => {
  const json = written(JSON.stringify({ text: HOSTILE }));
  expect(JSON.parse(json)).toEqual({ text: HOSTILE });
  expect(json).toMatch(/^[\u0020-\u007e]*$/);
});

it('writes its own colours, also around what is hostile', () => {
  const paint = paintFor({ isTTY: true }, {});
  expect(written(paint('red', 'x\u001b[0m'))).toBe('\u001b[31mx\\u001b[0m\u001b[39m');
});

it('is the only way to screen and pipe', () => {
  const folder = join(import.meta.dirname, '..');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  const others = files.filter((file) =>
    /\.(stdout|stderr)\.write\(|console\./.test(readFileSync(join(folder, file), 'utf8')),
  );
  expect(others).toEqual([]);
});
