import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { linesOf } from './json-lines.ts';

const file = join(mkdtempSync(join(tmpdir(), 'baton-lines-')), 'file.gz');

async function lines(content: string | Uint8Array, most?: number): Promise<readonly string[]> {
  writeFileSync(file, gzipSync(content));
  const all: string[] = [];
  for await (const line of linesOf(file, most)) all.push(line);
  return all;
}

test('splits at line feeds and at nothing else', async () => {
  expect(await lines('a\u2028b\r\n\n\u{1f600}\n')).toEqual(['a\u2028b\r', '', '\u{1f600}']);
  expect(await lines('')).toEqual([]);
});

test('gives up what grows without end, and what is cut', async () => {
  const bomb = Buffer.alloc(8 * 1024 * 1024, 'a');
  await expect(lines(bomb, 1024 * 1024)).rejects.toThrow('more than 1048576 characters');
  await expect(lines('a\nb')).rejects.toThrow('its last line is cut');
});
