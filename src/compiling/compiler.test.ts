/** Definitions compile beside the loop, in real threads. */
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../test/support/until.ts';
import { WORST } from '../definition/testing/worst.ts';
import { Compiler } from './compiler.ts';

const GOOD = 'name: w\nversion: "1"\nsteps: [{ key: a, transform: 1 }]';
/** Takes some hundred milliseconds. */
const LARGE = WORST['many dependencies']?.() ?? '';

const compiler = new Compiler();
beforeAll(async () => {
  await compiler.validate(GOOD, {});
});

describe('a compiler', () => {
  it('gives the plan, or the errors, or only says which', async () => {
    expect(await compiler.compile(GOOD, {})).toMatchObject({ plan: { name: 'w' }, warnings: [] });
    expect(await compiler.compile('name: w', { file: 'w.yaml' })).toMatchObject({
      errors: [{ file: 'w.yaml', code: 'field_missing' }],
    });
    expect(await compiler.validate(GOOD, {})).toEqual({ valid: true, errors: [], warnings: [] });
    expect(await compiler.validate('name: w', {})).toMatchObject({ valid: false });
  });

  it('compiles a text with edits made, and says which cannot be', async () => {
    const edit = (after: string) =>
      compiler.edit(
        GOOD,
        { list: [{ op: 'INSERT', step: { key: 'b', transform: 2 }, after }], path: 'body.edits' },
        {},
      );
    expect(await edit('a')).toMatchObject({
      plan: { steps: [{ key: 'a' }, { key: 'b', dependencies: ['a'] }] },
      source: expect.stringContaining('key: b') as string,
    });
    await expect(edit('x')).rejects.toMatchObject({
      code: 'edit_invalid',
      details: [{ path: 'body.edits[0]', message: 'there is no step "x"; steps: a' }],
    });
  });

  it('knows agent files', async () => {
    const text = 'name: w\nversion: "1"\nsteps: [{ key: a, agent: poet, prompt: x }]';
    const agents = { poet: { file: 'agents/poet.yaml', text: 'system: Rhyme.' } };
    expect(await compiler.compile(text, { agents })).toMatchObject({
      plan: { agents: { poet: { system: 'Rhyme.' } } },
    });
  });

  it('refuses what takes too long, while the loop goes on, and compiles what comes next', async () => {
    const hasty = new Compiler({ deadlineMs: 1 });
    let turns = 0;
    const turning = setInterval(() => turns++, 10);
    await expect(hasty.validate(LARGE, {})).rejects.toMatchObject({
      code: 'definition_too_costly',
    });
    clearInterval(turning);
    expect(turns).toBeGreaterThan(2);
    // A machine that is busy gives even a small one more than a millisecond, now and then.
    await until(async () => (await hasty.validate(GOOD, {})).valid);
  });

  it('sends away who finds too many waiting', async () => {
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => compiler.validate(GOOD, {})));
    const refused = all.filter((one) => one.status === 'rejected');
    expect(all.length - refused.length).toBeGreaterThanOrEqual(32);
    expect(refused[0]?.reason).toMatchObject({ code: 'compiler_busy', retryAfterSeconds: 1 });
    expect(await compiler.validate(GOOD, {})).toMatchObject({ valid: true });
  });
});
