import { expect, test } from 'vitest';
import type { Logger } from '../../log/log.ts';
import { turn } from '../../testing/answers.ts';
import { World } from '../../testing/world.ts';
import { agentStep, planOf } from '../../workflows/core/testing/plans.ts';
import { RunFold } from '../fold/run-fold.ts';
import { registry } from './metrics.ts';
import { observeEvents } from './observe-events.ts';

async function sample(name: string): Promise<number> {
  const line = (await registry.metrics()).split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ').at(-1) ?? 0);
}

const FIGURES = [
  'baton_run_seconds_count{status="completed"}',
  'baton_runs_ended_total{status="completed",reason="completed"}',
  'baton_run_active_seconds_count{status="completed"}',
  'baton_step_seconds_count{kind="agent",status="completed"}',
  'baton_model_tokens_total{provider="openai",model="small-2026",direction="input"}',
  'baton_model_tokens_total{provider="openai",model="small-2026",direction="output"}',
];

test('beginnings and ends are told and measured once each, in whatever pages they come', async () => {
  const history = new World(planOf([agentStep('a')])).task().reply('a#1/1', turn('h1')).task();
  for (const page of [1, Number.MAX_SAFE_INTEGER]) {
    const before = await Promise.all(FIGURES.map(sample));
    const told: unknown[][] = [];
    const log = { info: (fields: object, text: string) => told.push([text, fields]) } as unknown as Logger;
    const fold = new RunFold(history.runId);
    fold.beginExecution(history.execution.executionId);
    for (let i = 0; i < history.events.length; i += page) {
      for (const event of history.events.slice(i, i + page)) fold.apply(event);
      observeEvents({ changes: fold.takeChanges() }, log);
    }
    expect(told).toEqual([
      ['run started', expect.objectContaining({ workflow: 'test' })],
      ['step dispatched', { step: 'a', attempt: 1, kind: 'agent' }],
      ['step ended', expect.objectContaining({ step: 'a', attempt: 1, kind: 'agent', status: 'completed' })],
      ['run ended', expect.objectContaining({ status: 'completed', reason: 'completed' })],
    ]);
    const after = await Promise.all(FIGURES.map(sample));
    expect(after.map((value, i) => value - (before[i] ?? 0))).toEqual([1, 1, 1, 1, 100, 20]);
  }
});
