/** The script of the example build-feature fits it: every answer is used, and none is missing. Here nobody waits. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { startBaton } from '../support/baton.ts';
import { gitRepository } from '../support/git-repository.ts';
import { temporaryHome } from '../support/temporary-home.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const { repository, sources } = gitRepository(`${EXAMPLES}sample-app`);
const slow = readFileSync(`${EXAMPLES}scripts/build-feature.yaml`, 'utf8');
const script = join(temporaryHome(), 'script.yaml');
writeFileSync(script, slow.replaceAll(/^( *(?:- )?(?:chunk_)?delay:).*$/gm, '$1 0'));

test('build-feature runs to its end without a key', async () => {
  const baton = await startBaton({
    BATON_SCRIPT: script,
    BATON_MODEL: 'scripted/demo',
    BATON_WORKSPACE_SOURCES: sources,
  });
  await baton.publish(readFileSync(`${EXAMPLES}build-feature.yaml`, 'utf8'));
  const { id } = await baton.start({ workflow: 'build-feature', inputs: { repository } });
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', diverged: null });
  const { calls } = parse(slow) as { calls: readonly { step: string; turns: readonly unknown[] }[] };
  const scripted = calls.flatMap(({ step, turns }) => turns.map((_, i) => ({ step, turn: i + 1 })));
  expect(await baton.items(`/runs/${id}/calls?limit=100`)).toMatchObject(scripted);
});
