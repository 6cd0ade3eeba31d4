/**
 * Every table that is told in this room, parents before children: the order in which an archive's file has the rows of a
 * run. They leave the other way round. Tables that hold no JSON and belong to no run are known to their statements alone.
 */
import { PROJECTED } from './projected/index.ts';
import { blobs } from './stored/blobs.ts';
import { executions } from './stored/executions.ts';
import { historyEvents } from './stored/history-events.ts';
import { importedRuns } from './stored/imported-runs.ts';
import { keptResults } from './stored/kept-results.ts';
import { prunedCheckpoints } from './stored/pruned-checkpoints.ts';
import { runEpochs } from './stored/run-epochs.ts';
import { runPlans } from './stored/run-plans.ts';
import { sessionMessages } from './stored/session-messages.ts';
import { sessionTurns } from './stored/session-turns.ts';
import { workflowProcesses } from './stored/workflow-processes.ts';
import { workflowVersions } from './stored/workflow-versions.ts';
import type { Table } from './table.ts';

const { runs, ...ofRuns } = PROJECTED;

export const ALL_TABLES: readonly Table[] = [
  workflowVersions,
  keptResults,
  importedRuns,
  runs,
  executions,
  historyEvents,
  runEpochs,
  runPlans,
  prunedCheckpoints,
  ...Object.values(ofRuns),
  workflowProcesses,
  sessionMessages,
  sessionTurns,
  blobs,
];
