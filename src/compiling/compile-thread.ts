/**
 * The thread in which definitions are compiled: one after the other, as they are sent, each answered with what
 * came of it. It says which thread it is once it can begin. Holds nothing, so that it can be ended at any moment.
 */
import { parentPort } from 'node:worker_threads';
import { compile } from '../definition/index.ts';
import type { Task } from './task.ts';
import { thisThread } from './thread-time.ts';

const WARM_UP = 'name: x\nsteps: [{ key: a, agent: x, prompt: "{{ x }}", when: true }]';

function perform({ text, options, plan: wanted }: Task) {
  const result = compile(text, options);
  return 'plan' in result && !wanted ? { ...result, plan: null } : result;
}

// The YAML parser asks for a variable at each token, and the environment of a process is slow to ask.
process.env = {};
compile(WARM_UP);
parentPort?.on('message', (task: Task) => parentPort?.postMessage(perform(task)));
parentPort?.postMessage(thisThread());
