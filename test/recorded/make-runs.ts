/** The runs of a recorded home: one for each state in which a newer Baton may find one. */
import { until } from '../support/until.ts';

export type Api = <T = Json>(method: string, path: string, body?: object | string) => Promise<T>;
type Json = Readonly<Record<string, unknown>>;
/** Runs the `temporal` CLI. */
type Operator = (...args: string[]) => string;

/** 40 commands one after another, each three events and a task: several executions; then a rest. */
const LONG = JSON.stringify({
  name: 'long',
  version: '1.0.0',
  steps: [
    ...Array.from({ length: 40 }, (_, i) => ({
      key: `s${i}`,
      command: ['true'],
      dependencies: i === 0 ? [] : [`s${i - 1}`],
    })),
    { key: 'rest', wait: '1m', dependencies: ['s39'] },
    { key: 'end', transform: '"after " + string(s39.result.exit_code)', dependencies: ['rest'] },
  ],
});

export async function makeRuns(api: Api, definitions: string, operator: Operator): Promise<void> {
  for (const text of [...definitions.split(/^---$/m), LONG]) await api('POST', '/workflows', text);
  const start = (id: string, workflow: string, inputs: object = {}) =>
    api('POST', '/runs', { id, workflow, inputs, labels: { home: 'recorded' }, by: 'ada' });
  const tell = (id: string, what: string, body: object = {}) =>
    api('POST', `/runs/${id}/${what}`, { by: 'ada', ...body });
  const status = (id: string, ...wanted: string[]) =>
    until(async () => wanted.includes(String((await api('GET', `/runs/${id}`))['status'])), {
      describe: () => api('GET', `/runs/${id}`),
    });
  /** The agent's call of this turn is under way. */
  const turn = (id: string, number: number) =>
    until(
      async () =>
        (await items(api, `/runs/${id}/calls?status=running`)).some((call) => call['turn'] === number),
      {
        describe: () => api('GET', `/runs/${id}/calls`),
      },
    );
  const asked = (id: string, kind: string) =>
    until(
      async () => (await items(api, `/questions?run=${id}`)).some((question) => question['kind'] === kind),
      {
        describe: () => api('GET', `/runs/${id}/steps`),
      },
    );

  // Ended.
  await start('told', 'story', { topic: 'foxes' });
  await tell('told', 'messages', { content: 'I read along', id: 'm-comment' });
  await start('failed', 'breaking');
  await start('cancelled', 'rest', { time: '1h' });
  await tell('cancelled', 'cancel', { reason: 'wrong branch' });
  await start('terminated', 'rest', { time: '1h' });
  operator('workflow', 'terminate', '-w', 'terminated', '--reason', 'by hand');
  await start('reset', 'story', { topic: 'otters and foxes' });
  await status('reset', 'completed');
  operator('workflow', 'reset', '-w', 'reset', '--type', 'FirstWorkflowTask', '--reason', 'once more');
  await start('redirected', 'feature', { task: 'a list' });
  await asked('redirected', 'ask');
  await tell('redirected', 'redirect', { task: 'a tree', skip_to: 'approve', context: 'No lists.' });
  await start('continued', 'tidy');
  await status('continued', 'failed');
  await tell('continued', 'continue', { additional_turns: 3, message: 'Go on' });
  await start('at-its-limit', 'tidy');

  // Open: resting, or waiting for somebody.
  await start('long', 'long');
  await start('waiting', 'rest', { time: '1m' });
  await start('backing-off', 'patient-agent');
  await start('backing-off-command', 'patient-command');
  await start('paused', 'rest', { time: '10s' });
  await tell('paused', 'pause', { reason: 'lunch', timeout: 0 });
  await start('asking', 'feature', { task: 'a ring' });
  await start('asks-for-more', 'tidy-asking');
  await start('asks-a-person', 'asks-a-person');
  await start('wants-a-yes', 'wants-a-yes');

  // Open: something is under way.
  await start('paused-in-a-turn', 'slow-answer');
  await turn('paused-in-a-turn', 1);
  await tell('paused-in-a-turn', 'pause', { reason: 'a deploy', mode: 'now', timeout: '1m' });
  await start('paused-between-turns', 'steady');
  await turn('paused-between-turns', 1);
  await tell('paused-between-turns', 'pause', { mode: 'after_turn', timeout: 0 });
  await start('tool-under-way', 'slow-tool');
  await start('thinking', 'slow-thought');
  await start('at-work', 'work');
  await turn('at-work', 3);
  await tell('at-work', 'messages', { content: 'Use tabs', action_type: 'instruction', id: 'm-tabs' });

  await turn('thinking', 1);
  await until(async () => (await items(api, '/runs/tool-under-way/events?type=tool_call')).length > 0);
  await asked('asking', 'ask');
  await asked('asks-for-more', 'limit');
  await asked('asks-a-person', 'ask_user');
  await asked('wants-a-yes', 'approval');
  for (const id of ['paused', 'paused-in-a-turn', 'paused-between-turns'])
    await until(async () => (await api('GET', `/runs/${id}`))['pause_drained_at'] !== null);
  for (const id of [
    'told',
    'reset',
    'continued',
    'failed',
    'at-its-limit',
    'cancelled',
    'terminated',
    'redirected',
  ])
    await status(id, 'completed', 'failed', 'cancelled', 'terminated');
  const { lineage } = await api<{ lineage: { redirected_to: string } }>('GET', '/runs/redirected');
  await asked(lineage.redirected_to, 'ask');
  const [question] = await items(api, `/questions?run=${lineage.redirected_to}`);
  await tell(lineage.redirected_to, 'answers', {
    by: 'eva',
    question: question?.['id'],
    decision: 'approve',
  });
  await status(lineage.redirected_to, 'completed');
  for (const [id, step] of [
    ['long', 'rest'],
    ['waiting', 'rest'],
    ['backing-off', 'think'],
    ['backing-off-command', 'look'],
  ])
    await until(async () => isResting(await api('GET', `/runs/${id}/steps/${step}`)), {
      describe: () => api('GET', `/runs/${id}/steps/${step}`),
    });
}

/** A step whose timer runs: a wait, or the rest before a retry. */
const isResting = ({ status }: Json): boolean => status === 'waiting' || status === 'retrying';

async function items(api: Api, path: string): Promise<readonly Json[]> {
  return (await api<{ items: readonly Json[] }>('GET', path)).items;
}

/** What the API says of each run: an ended one must read the same ever after. */
export async function describeRuns(api: Api): Promise<object> {
  const runs = await items(api, '/runs?limit=200');
  const described = await Promise.all(
    runs
      .toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])))
      .map(async (run) => {
        const at = `/runs/${String(run['id'])}`;
        const isOpen = ['running', 'paused', 'pending'].includes(String(run['status']));
        if (isOpen) return [run['id'], { run: { id: run['id'], status: run['status'] } }];
        const parts = ['steps', 'calls', 'messages', 'events'];
        const lists = await Promise.all(
          parts.map(async (part) => [part, await items(api, `${at}/${part}?limit=200`)]),
        );
        return [run['id'], { run, ...(Object.fromEntries(lists) as object) }];
      }),
  );
  return Object.fromEntries(described) as object;
}
