/**
 * `stack.json` in BATON_HOME: where the running stack is. There while the stack is ready, gone when it stops; only its
 * owner can read it, since the database URL holds a password.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomically } from './files.ts';
import { signalProcess } from './process-record.ts';

const url = v.pipe(v.string(), v.url());

const STACK_INFO = v.object({
  /** Base URL of the API, without a path. */
  api: url,
  /** Where gRPC is, as `host:port`; null: there is none. */
  grpc: v.optional(v.nullable(v.string()), null),
  /** Figures of the projector, for Prometheus. */
  projector_metrics: url,
  /** Figures of each worker, by its program. */
  worker_metrics: v.record(v.string(), url),
  temporal_address: v.string(),
  temporal_namespace: v.string(),
  /** Web UI of the embedded Temporal; null when another server is used. */
  temporal_ui: v.nullable(url),
  database_url: v.string(),
  task_queue: v.string(),
  /** The supervisor's process. */
  pid: v.pipe(v.number(), v.integer()),
  started_at: v.pipe(v.string(), v.isoTimestamp()),
});

export type StackInfo = v.InferOutput<typeof STACK_INFO>;

const fileIn = (home: string): string => join(home, 'stack.json');

export function writeStackInfo(home: string, info: StackInfo): void {
  writeFileAtomically(fileIn(home), `${JSON.stringify(info, null, 2)}\n`);
}

/** The running stack of this home, or undefined when none runs. */
export function readStackInfo(home: string): StackInfo | undefined {
  const parsed = v.safeParse(STACK_INFO, readJsonFile(fileIn(home)));
  return parsed.success && signalProcess(parsed.output.pid, 0) ? parsed.output : undefined;
}

export function removeStackInfo(home: string): void {
  rmSync(fileIn(home), { force: true });
}
