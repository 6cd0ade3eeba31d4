/** A stack of which one program ends again and again: the start is given up, with that program's own words. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { OwnStack } from '../support/own-stack.ts';

const settings: Record<string, string> = {};
const stack = new OwnStack(settings);
afterFile(() => stack.remove());

describe.runIf(process.platform === 'linux')('a start', () => {
  it('is given up where a program ends always, and leaves nothing running', async () => {
    const fault = join(stack.folder, 'fault.mjs');
    writeFileSync(
      fault,
      `if (process.argv[1]?.endsWith('projections/main.js')) {
         process.stderr.write('no room for a projector\\n');
         process.exit(7);
       }`,
    );
    settings['NODE_OPTIONS'] = `--import=${fault}`;
    const up = await stack.baton('up', '-d');
    expect(up).toMatchObject({
      code: 3,
      err: expect.stringMatching(
        /projector is not ready: it has ended 5 times\. [^]*no room for a projector/,
      ),
    });
    const log = readFileSync(join(stack.home, 'logs', 'supervisor.log'), 'utf8');
    expect(log).toContain('projector ended (exit code 7); starting it again in 4 s');
    expect([...stack.processes().values()]).toEqual([]);
  });
});
