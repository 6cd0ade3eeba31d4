import type { ChangeCost } from './changes.ts';
import type { CliStart } from './cli-start.ts';
import type { Comparison } from './compare.ts';
import type { benchDefinition } from './definition.ts';
import type { DoorComparison } from './front-door/measure.ts';
import type { Frames } from './frames.ts';
import type { Lag } from './lag.ts';
import type { Live } from './live.ts';
import type { Messages } from './messages.ts';
import type { WorstCost } from './worst.ts';
import type { StreamReading } from './stream-readers.ts';

/** Everything `npm run bench` measures; `--json` prints it. */
export interface BenchResult {
  readonly machine: { readonly cpus: number; readonly node: string };
  /** Through the front door. */
  readonly door: readonly DoorComparison[];
  readonly workloads: readonly Comparison[];
  readonly projection: readonly (Lag & { readonly name: string })[];
  readonly live?: Live;
  readonly streams: readonly StreamReading[];
  readonly messages: readonly Messages[];
  readonly changes: readonly ChangeCost[];
  /** Of the console. */
  readonly frames: readonly Frames[];
  readonly cli: readonly CliStart[];
  readonly definition: Awaited<ReturnType<typeof benchDefinition>>;
  readonly worst: readonly WorstCost[];
}
