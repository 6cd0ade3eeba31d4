/** What is measured: a graph, how many runs of it at once, and how often. */
import { chain, fanOut, five, layers } from './graph.ts';
import type { Graph } from './graph.ts';

export interface Workload {
  readonly name: string;
  readonly graph: Graph;
  /** Name of the hand-written workflow. */
  readonly handWritten: 'chain' | 'fanOut' | 'dag';
  /** Runs started together. */
  readonly runs: number;
  /** Measured pairs; three more before them warm up. */
  readonly pairs: number;
}

export const WARM_UPS = 3;

export const WORKLOADS: readonly Workload[] = [
  { name: 'chain of 40', graph: chain(40), handWritten: 'chain', runs: 1, pairs: 15 },
  { name: 'fan-out of 100', graph: fanOut(100), handWritten: 'fanOut', runs: 1, pairs: 15 },
  { name: '10 x 100 DAG', graph: layers(10, 100), handWritten: 'dag', runs: 1, pairs: 7 },
  { name: '200 runs of 5', graph: five(), handWritten: 'dag', runs: 200, pairs: 5 },
];
