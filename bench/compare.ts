/** Measures a workload on both sides in turn. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { inTurn } from './in-turn.ts';
import { starter } from './sides.ts';
import type { Side } from './sides.ts';
import { percentile } from './statistics.ts';
import { WARM_UPS } from './workloads.ts';
import type { Workload } from './workloads.ts';

interface SideResult {
  readonly p50_ms: number;
  readonly p90_ms: number;
  /** Of one run. */
  readonly events: number;
  readonly workflow_tasks: number;
}

export interface Comparison {
  readonly name: string;
  readonly interpreter: SideResult;
  readonly hand_written: SideResult;
  /** Interpreter / hand-written at p50. */
  readonly ratio: number;
}

interface Sample {
  readonly ms: number;
  readonly handle: WorkflowHandle;
}

export async function compare(
  client: Client,
  workload: Workload,
  log: (line: string) => void,
): Promise<Comparison> {
  const start = starter(client, workload);
  const samples: Record<Side, Sample[]> = { interpreter: [], 'hand-written': [] };
  const sides: readonly Side[] = ['interpreter', 'hand-written'];
  for (const [pair, order] of inTurn(sides, WARM_UPS, workload.pairs)) {
    for (const side of order) {
      const sample = await once(start, side, workload.runs);
      if (pair >= 0) samples[side].push(sample);
    }
    log(`${workload.name}: ${pair < 0 ? 'warm-up' : `pair ${pair + 1} of ${workload.pairs}`}`);
  }
  const [interpreter, handWritten] = await Promise.all([
    summary(samples.interpreter),
    summary(samples['hand-written']),
  ]);
  return {
    name: workload.name,
    interpreter,
    hand_written: handWritten,
    ratio: interpreter.p50_ms / handWritten.p50_ms,
  };
}

async function once(
  start: (side: Side) => Promise<WorkflowHandle>,
  side: Side,
  runs: number,
): Promise<Sample> {
  const began = performance.now();
  const handles = await Promise.all(Array.from({ length: runs }, () => start(side)));
  await Promise.all(handles.map((handle) => handle.result()));
  const [handle] = handles;
  if (handle === undefined) throw new Error('nothing was started');
  return { ms: performance.now() - began, handle };
}

async function summary(samples: readonly Sample[]): Promise<SideResult> {
  const times = samples.map((sample) => sample.ms);
  const counts = await Promise.all(samples.map((sample) => countEvents(sample.handle)));
  return {
    p50_ms: percentile(times, 0.5),
    p90_ms: percentile(times, 0.9),
    events: percentile(
      counts.map((count) => count.events),
      0.5,
    ),
    workflow_tasks: percentile(
      counts.map((count) => count.tasks),
      0.5,
    ),
  };
}

async function countEvents(handle: WorkflowHandle): Promise<{ events: number; tasks: number }> {
  const { events = [] } = await handle.fetchHistory();
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes != null);
  return { events: (events ?? []).length, tasks: tasks.length };
}
