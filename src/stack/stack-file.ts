/**
 * `stack.json` in BATON_HOME: where the running stack is. There while the stack is ready, gone when it stops; only its
 * owner can read it, since the database URL holds a password.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeFileAtomically } from './files.ts';
import { signalProcess } from './process-record.ts';

const STACK_INFO = z.object({
  /** Base URL of the API, without a path. */
  api: z.url(),
  /** Figures of the projector, for Prometheus. */
  projector_metrics: z.url(),
  /** Figures of each worker, by its program. */
  worker_metrics: z.record(z.string(), z.url()),
  temporal_address: z.string(),
  temporal_namespace: z.string(),
  /** Web UI of the embedded Temporal; null when another server is used. */
  temporal_ui: z.url().nullable(),
  database_url: z.string(),
  task_queue: z.string(),
  /** The supervisor's process. */
  pid: z.int(),
  started_at: z.iso.datetime(),
});

export type StackInfo = z.infer<typeof STACK_INFO>;

const fileIn = (home: string): string => join(home, 'stack.json');

export function writeStackInfo(home: string, info: StackInfo): void {
  writeFileAtomically(fileIn(home), `${JSON.stringify(info, null, 2)}\n`);
}

/** The running stack of this home, or undefined when none runs. */
export function readStackInfo(home: string): StackInfo | undefined {
  const parsed = STACK_INFO.safeParse(readJsonFile(fileIn(home)));
  return parsed.success && signalProcess(parsed.data.pid, 0) ? parsed.data : undefined;
}

export function removeStackInfo(home: string): void {
  rmSync(fileIn(home), { force: true });
}
