/** The use cases as a transport has them, on the real stack, without HTTP: publish, start, follow, command, read. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../src/contract/event.ts';
import { createLogger } from '../src/log/log.ts';
import { anonymous, createService, type Caller, type Service, type UseCases } from '../src/service/index.ts';
import { connectTemporal, temporalClient } from '../src/temporal/connection.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { temporalTarget } from './support/index.ts';

const SOURCE = `
name: patient
version: 1.0.0
steps:
  - { key: first, transform: "1 + 1" }
  - { key: wait, wait: 1h, dependencies: [first] }
`;

const TEXT = { source: SOURCE, format: 'yaml' } as const;

let service: Service;
beforeAll(async () => {
  const { config, database } = await startBaton();
  const target = temporalTarget();
  const connection = await connectTemporal(target);
  afterFile(() => connection.close());
  const temporal = temporalClient(connection, target, 'baton-service-test');
  service = createService({ database, temporal, config, log: createLogger('test', 'error') });
  await change('publishWorkflow', (mine) => mine.publishWorkflow(TEXT));
});

const ada: Caller = {
  ...anonymous({ transport: 'process', address: null, agent: 'service.test', forwardedFor: null }),
  who: 'ada',
};

const callOf = (caller: Caller) => ({ caller, answerBy: performance.now() + 2_000, rest: () => undefined });

/** Reads as `ada`. */
const looking = (): UseCases => service.for(callOf(ada));

let calls = 0;
/** Changes something as a transport does it: with a record, which is ended with what came of it. */
async function change<T>(what: keyof UseCases, work: (service: UseCases) => Promise<T>): Promise<T> {
  const id = `service-test-${++calls}`;
  const record = service.record({ id, caller: ada, method: 'CALL', route: what, claim: () => 'not asked' });
  record.note({ action: what });
  try {
    const answer = await work(service.for({ ...callOf(ada), record }));
    await record.end({ status: null, code: null });
    return answer;
  } catch (error) {
    await record.end({ status: null, code: (error as { code: string }).code });
    throw error;
  }
}

const start = (key?: string) =>
  change('startRun', (mine) => mine.startRun({ workflow: 'patient', labels: {} }, key));

describe('the service without HTTP', () => {
  it('says what is wrong with a definition, and publishes it once', async () => {
    expect(await looking().validateWorkflow(TEXT)).toMatchObject({ valid: true });
    const wrong = { ...TEXT, source: 'name: patient' };
    expect(await looking().validateWorkflow(wrong)).toMatchObject({ valid: false });
    expect(await change('publishWorkflow', (mine) => mine.publishWorkflow(TEXT))).toMatchObject({
      created: false,
      version: { workflow: 'patient', version: '1.0.0' },
    });
  });

  it('starts a run, tells what happens in it until it ends, and takes commands meanwhile', async () => {
    const { run } = await start();
    const gone = new AbortController();
    const events: EventEnvelope[] = [];
    const answers: unknown[] = [];
    let isEnded = false;
    for await (const { items, ended } of looking().followEvents(
      { runId: run.id, after: 0, full: false },
      gone.signal,
    )) {
      events.push(...items);
      isEnded = ended;
      const isWaiting = items.some(({ step, data }) => step === 'wait' && isTo(data, 'waiting'));
      if (isWaiting) {
        const stop = { id: 'stop-it', reason: 'Seen enough', by: 'ada' };
        answers.push((await change('cancelRun', (mine) => mine.cancelRun(run.id, stop))).answer);
      }
    }
    expect(isEnded).toBe(true);
    expect(answers).toMatchObject([{ id: run.id, message_id: 'stop-it' }]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
    expect(events.at(-1)).toMatchObject({ type: 'complete', data: { status: 'cancelled' } });

    const reader = looking();
    expect(await reader.getRun(run.id)).toMatchObject({ status: 'cancelled', last_seq: events.length });
    expect(await reader.getRunStep(run.id, 'first')).toMatchObject({ status: 'completed' });
    expect(await reader.getRunState(run.id, undefined)).toMatchObject({ status: 'cancelled' });
    const { items } = await reader.listRunMessages(run.id, { after: 0, limit: 10 });
    expect(items).toMatchObject([{ message_id: 'stop-it', action_status: 'processed' }]);
    const over = { runId: run.id, after: events.length, full: false };
    expect(await reader.mayHaveMoreEvents(over)).toBe(false);
    expect(await reader.mayHaveMoreEvents({ ...over, after: 1 })).toBe(true);
  });

  it('ends what is followed when nobody follows any more', async () => {
    const { run } = await start();
    const gone = new AbortController();
    let isEnded = false;
    const subscription = { runId: run.id, after: 0, full: false };
    for await (const { items, ended } of looking().followEvents(subscription, gone.signal)) {
      isEnded = ended;
      if (items.some(({ step }) => step === 'wait')) gone.abort();
    }
    expect(isEnded).toBe(false);
    await change('cancelRun', (mine) => mine.cancelRun(run.id, {}));
  });

  it('starts one run for one key', async () => {
    const [first, second] = [await start('twice'), await start('twice')];
    expect(second).toMatchObject({ replayed: true, run: { id: first.run.id } });
    await change('cancelRun', (mine) => mine.cancelRun(first.run.id, {}));
  });

  it('says by its errors what the caller can do, and knows of no status', async () => {
    await expect(looking().getRun('none')).rejects.toMatchObject({
      name: 'NotFoundError',
      code: 'run_not_found',
    });
    await expect(change('pauseRun', (mine) => mine.pauseRun('none', { mode: 'now' }))).rejects.toThrow(
      'There is no run "none".',
    );
  });

  it('records who called, whatever a message says, and what came of it', async () => {
    const { run } = await start();
    await change('pauseRun', (mine) => mine.pauseRun(run.id, { mode: 'now', by: 'eve', reason: 'Wait' }));
    await expect(
      change('answerQuestion', (mine) => mine.answerQuestion(run.id, { question: 'none', answer: 1 })),
    ).rejects.toMatchObject({ code: 'question_not_found' });
    await change('cancelRun', (mine) => mine.cancelRun(run.id, {}));
    const { items } = await looking().listAudit({ run: run.id, limit: 10 });
    expect(items.map(({ action, outcome }) => [action, outcome]).toReversed()).toEqual([
      ['startRun', 'accepted'],
      ['pauseRun', 'accepted'],
      ['answerQuestion', 'question_not_found'],
      ['cancelRun', 'accepted'],
    ]);
    const row = { actor: 'ada', run_id: run.id, status: null, method: 'CALL', user_agent: 'service.test' };
    for (const item of items) expect(item).toMatchObject(row);
    expect(items.find(({ action }) => action === 'pauseRun')?.detail).toMatchObject({ reason: 'Wait' });
  });
});

function isTo(data: unknown, status: string): boolean {
  return typeof data === 'object' && data !== null && 'to' in data && data.to === status;
}
