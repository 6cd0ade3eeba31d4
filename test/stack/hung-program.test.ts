/** A program that hangs is seen as such, killed and started again, and what waited for it goes on. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { OwnStack } from '../support/own-stack.ts';
import { until } from '../support/index.ts';

const PROGRAMS = ['api/main', 'projections/main', '--role workflows', '--role activities'];
const WORKERS = { '--role workflows': 'worker-workflows', '--role activities': 'worker-activities' };

const stack = new OwnStack();
let up: ReturnType<OwnStack['start']>;

beforeAll(async () => {
  up = stack.start('up');
  await until(() => stack.info(), { describe: () => up.said });
});
afterFile(() => stack.remove());

const health = async (program: keyof typeof WORKERS, patienceMs = 60_000) => {
  const { origin } = new URL(stack.info().worker_metrics[WORKERS[program]] ?? '');
  return fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(patienceMs) });
};

describe.runIf(process.platform === 'linux')('programs that hang', () => {
  it('have their figures and their health where the stack says', async () => {
    for (const [program, name] of Object.entries(WORKERS)) {
      const answer = await health(program as keyof typeof WORKERS);
      expect([answer.status, await answer.json()], program).toEqual([200, { status: 'ok' }]);
      const figures = await (await fetch(stack.info().worker_metrics[name] ?? '')).text();
      expect(figures).toContain('baton_worker_activities 0');
      expect(figures).toContain(
        `baton_worker_slots{of="${program === '--role workflows' ? 'workflow_tasks' : 'activities'}"} `,
      );
    }
  });

  it('are killed and started again, all of them', async () => {
    const stopped = PROGRAMS.map((program) => [program, stack.signal(program, 'SIGSTOP')] as const);
    await expect(health('--role workflows', 1_000)).rejects.toThrow();
    for (const [program, pid] of stopped) {
      await until(() => ![undefined, pid].includes(stack.pidOf(program)), { describe: `another ${program}` });
    }
    await expect
      .poll(() => up.said.err)
      .toMatch(/worker-workflows ended \(it hung: nothing was heard of it for \d+ s/);
    await until(async () => (await health('--role workflows')).ok, {
      describe: 'the new worker',
    });
    const definition = 'name: after\nversion: 1.0.0\nsteps:\n  - { key: greet, transform: "\'hello\'" }\n';
    writeFileSync(join(stack.folder, 'after.yaml'), definition);
    await until(async () => (await fetch(`${stack.info().api}/health/ready`)).ok);
    const run = await stack.baton('run', join(stack.folder, 'after.yaml'), '--wait', '-o', 'json');
    expect(run, run.err).toMatchObject({ code: 0 });
    expect(JSON.parse(run.out)).toMatchObject({ status: 'completed', output: 'hello' });
  });
});
