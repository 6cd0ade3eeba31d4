/** What is committed is what `proto/` makes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const GENERATED = 'src/grpc/generated';

const textsIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(js|ts)$/.test(file))
      .toSorted()
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );

it('the generated messages are those of proto/ (npm run proto)', () => {
  const made = mkdtempSync(join(tmpdir(), 'baton-proto-'));
  try {
    const bin = join(ROOT, 'node_modules/.bin');
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
    execFileSync(join(bin, 'buf'), ['generate', '-o', made], { cwd: ROOT, env, stdio: 'pipe' });
    const texts = textsIn(join(made, GENERATED));
    expect(Object.keys(texts)).toContain('baton/v1/workflow_service_pb.js');
    expect(textsIn(join(ROOT, GENERATED))).toEqual(texts);
  } finally {
    rmSync(made, { recursive: true });
  }
});
