/**
 * The thread in which definitions are compiled: one after the other, as they are sent, each answered with what
 * came of it. It says which thread it is once it can begin. What it remembers only saves time, so it can be ended at any
 * moment.
 */
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { applyEdits, compile, Recall } from '../definition/index.ts';
import { InvalidError } from '../errors/errors.ts';
import type { Answer, StepEdits, Task } from './task.ts';
import { thisThread } from './thread-time.ts';

const WARM_UP = 'name: x\nsteps: [{ key: a, agent: x, prompt: "{{ x }}", when: true }]';

/** Edits of a run are looked at again and again, and leave most of a definition as it was. */
const recall = new Recall();
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function perform({ text, edits, options, plan: wanted }: Task): Answer {
  const source = edits === undefined ? text : edited(text, edits);
  if (typeof source !== 'string') return source;
  // Nobody reads warnings of an edit.
  const result = compile(source, { ...options, recall, digest, quiet: edits !== undefined });
  return { ...('plan' in result && !wanted ? { ...result, plan: null } : result), source };
}

function edited(text: string, { list, path }: StepEdits): string | Extract<Answer, { refused: object }> {
  try {
    return applyEdits(text, list, path, recall);
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error;
    const { message, details } = error;
    return { refused: { message, details } };
  }
}

// The YAML parser asks for a variable at each token, and the environment of a process is slow to ask.
process.env = {};
compile(WARM_UP);
parentPort?.on('message', (task: Task) => parentPort?.postMessage(perform(task)));
parentPort?.postMessage(thisThread());
