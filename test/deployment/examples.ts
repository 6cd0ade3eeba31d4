/** Every example that needs no key, as a user runs it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Question } from '../../src/contract/question.ts';
import { until } from '../support/until.ts';
import type { FrontDoor } from './front-door.ts';
import type { Ledger } from './ledger.ts';
import { EXAMPLES, type Places } from './members.ts';
import { demand, say } from './say.ts';

interface Example {
  readonly file: string;
  readonly workflow: string;
  readonly inputs: object;
  /** What a person says to its question. */
  readonly answer?: object;
}

const examplesOf = (places: Places, ledger: Ledger): readonly Example[] => [
  { file: 'code-review', workflow: 'code-review-workflow', inputs: { git_diff: '+ a line' } },
  { file: 'fallback', workflow: 'fallback', inputs: {} },
  { file: 'fan-200', workflow: 'fan-200', inputs: {} },
  { file: 'http-retry', workflow: 'http-retry', inputs: { url: `${ledger.url}/health` } },
  { file: 'release-notes', workflow: 'release-notes', inputs: {} },
  { file: 'best-of-three', workflow: 'best-of-three', inputs: {} },
  {
    file: 'planner',
    workflow: 'planner',
    inputs: { task: 'Move the sessions' },
    answer: { decision: 'approve' },
  },
  {
    file: 'ship-change',
    workflow: 'ship-change',
    inputs: { repository: places.repositories.repo },
    answer: { answer: { approved: true, comment: 'Mind zero.' } },
  },
];

/** Runs them beside each other; each completes, and no fold differs from its history. */
export async function runExamples(door: FrontDoor, places: Places, ledger: Ledger): Promise<void> {
  const examples = examplesOf(places, ledger);
  for (const { file } of examples) await publishExample(door, file);
  await Promise.all(examples.map((example) => runExample(door, example)));
  say(`examples: ${examples.map(({ file }) => file).join(', ')} completed`);
}

export function publishExample(door: FrontDoor, file: string): Promise<unknown> {
  return door.publish(readFileSync(join(EXAMPLES, `${file}.yaml`), 'utf8'));
}

async function runExample(door: FrontDoor, { file, workflow, inputs, answer }: Example): Promise<void> {
  const id = await door.start(workflow, inputs);
  if (answer !== undefined) {
    const { id: question } = await until(async () => (await openQuestions(door, id))[0], {
      describe: `${file} asks`,
    });
    await door.call('POST', `/runs/${id}/answers`, { question, by: 'ada', ...answer });
  }
  const run = await door.finished(id);
  demand(run.status === 'completed', `${file} is ${run.status}: ${JSON.stringify(run.error)}`);
  demand(run.diverged === null, `${file} has diverged: ${JSON.stringify(run.diverged)}`);
}

export async function openQuestions(door: FrontDoor, id: string): Promise<readonly Question[]> {
  return (await door.items<Question>(`/runs/${id}/questions`)).filter(({ status }) => status === 'open');
}
