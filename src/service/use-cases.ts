/**
 * All that can be asked of Baton, by the names that the operations of the API have too. What each takes, answers and
 * throws stands with its function.
 */
import { readCalls } from './agents/read-calls.ts';
import { readTranscript } from './agents/read-transcript.ts';
import { readAudit } from './audit/read-audit.ts';
import { exportRun, readKey } from './bundles/export-run.ts';
import { forkRun } from './checkpoints/fork-run.ts';
import { labelRun } from './checkpoints/label-run.ts';
import { promoteRun } from './checkpoints/promote-run.ts';
import { pruneCheckpoints } from './checkpoints/prune-checkpoints.ts';
import { readCheckpoint, readCheckpoints } from './checkpoints/read-checkpoints.ts';
import { restoreRun } from './checkpoints/restore-run.ts';
import { readDifference } from './comparing/read-difference.ts';
import { continueRun } from './continuing/continue-run.ts';
import { continueSession } from './continuing/continue-session.ts';
import { validateWorkflow } from './definitions/compile-or-refuse.ts';
import { publishWorkflow } from './definitions/publish-workflow.ts';
import {
  readVersion,
  readVersions,
  readWorkflow,
  setWorkflowArchived,
} from './definitions/read-workflows.ts';
import { editRun } from './editing/edit-run.ts';
import { readRevisions, readRunDefinition } from './editing/read-revisions.ts';
import { followEvents, mayHaveMoreEvents } from './events/follow-events.ts';
import { readCauses, readEvents } from './events/read-events.ts';
import {
  answerByCommand,
  cancelRun,
  compactStep,
  holdStep,
  overrideStep,
  pauseRun,
  releaseStep,
  resumeRun,
  retryStep,
  setRunLimits,
  setStepLimits,
  skipStep,
  stopRetryingStep,
} from './messages/command-run.ts';
import { postMessage, redirectByCommand } from './messages/post-message.ts';
import { readQuestions, readRunQuestions } from './messages/read-questions.ts';
import { readMessage, readThread } from './messages/read-thread.ts';
import { withdrawMessage } from './messages/withdraw-message.ts';
import { readInsights } from './insights/read-insights.ts';
import { readRunGraph, readVersionGraph } from './layouts/read-graph.ts';
import { deleteNode, drainNode, replaceNode } from './nodes/change-nodes.ts';
import { matchNode, readNode, readNodes } from './nodes/read-nodes.ts';
import { changesRun, stopsRun } from './runs/own-run.ts';
import { readCount, readFilterValues } from './runs/read-count.ts';
import { readRun, readRunNow, readRuns } from './runs/read-runs.ts';
import { readStats } from './runs/read-stats.ts';
import { readStep, readSteps } from './runs/read-steps.ts';
import { createView, deleteView, replaceView } from './saved-views/change-views.ts';
import { readViews } from './saved-views/read-views.ts';
import { rerunRun } from './starting/rerun-run.ts';
import { startRun } from './starting/start-run.ts';
import { listWithStatistics } from './statistics/list-with-statistics.ts';
import { readStatistics } from './statistics/read-statistics.ts';
import { readRunState } from './state/read-run-state.ts';
import { readStepInput } from './state/read-step-input.ts';
import { readStepWhy } from './state/read-step-why.ts';
import { followPieces, mayHaveMorePieces } from './stream/follow-pieces.ts';
import { changes, reads } from './use-case.ts';
import { readRunOutput, readStepOutput, readStoredText } from './values/read-value.ts';
import { changeWebhookOf, createWebhook, deleteWebhook, rotateSecret } from './webhooks/change-webhooks.ts';
import {
  readDeliveries,
  readDelivery,
  redeliverMany,
  redeliverOne,
  testWebhook,
} from './webhooks/deliveries.ts';
import { readWebhook, readWebhooks } from './webhooks/read-webhooks.ts';

export const USE_CASES = {
  // Definitions.
  publishWorkflow: changes(publishWorkflow),
  validateWorkflow: reads(validateWorkflow),
  listWorkflows: reads(listWithStatistics),
  getWorkflow: reads(readWorkflow),
  listWorkflowVersions: reads(readVersions),
  getWorkflowVersion: reads(readVersion),
  getWorkflowStatistics: reads(readStatistics),
  setWorkflowArchived: changes(setWorkflowArchived),

  // Runs, and what they have done.
  startRun: changes(startRun),
  rerunRun: changesRun(rerunRun),
  continueRun: changesRun(continueRun),
  continueSession: changes(continueSession),
  listRuns: reads(readRuns),
  countRuns: reads(readCount),
  listFilterValues: reads(readFilterValues),
  getRun: reads(readRunNow),
  getRunAlone: reads(readRun),
  getRunState: reads(readRunState),
  getStepWhy: reads(readStepWhy),
  getRunStepInput: reads(readStepInput),
  listRunSteps: reads(readSteps),
  getRunGraph: reads(readRunGraph),
  getVersionGraph: reads(readVersionGraph),
  getRunStep: reads(readStep),
  listRunEvents: reads(readEvents),
  listEventCauses: reads(readCauses),
  mayHaveMoreEvents: reads(mayHaveMoreEvents),
  followEvents: reads(followEvents),
  getStats: reads(readStats),
  getInsights: reads(readInsights),
  diffRuns: reads(readDifference),

  // Views of the list that people keep.
  listViews: reads(readViews),
  createView: changes(createView),
  replaceView: changes(replaceView),
  deleteView: changes(deleteView),

  // Programs of users that do steps.
  listNodes: reads(readNodes),
  getNode: reads(readNode),
  matchNode: reads(matchNode),
  replaceNode: changes(replaceNode),
  drainNode: changes(drainNode),
  deleteNode: changes(deleteNode),
  // Where events are sent.
  listWebhooks: reads(readWebhooks),
  getWebhook: reads(readWebhook),
  createWebhook: changes(createWebhook),
  changeWebhook: changes(changeWebhookOf),
  rotateWebhookSecret: changes(rotateSecret),
  deleteWebhook: changes(deleteWebhook),
  testWebhook: changes(testWebhook),
  listWebhookDeliveries: reads(readDeliveries),
  getWebhookDelivery: reads(readDelivery),
  redeliverWebhook: changes(redeliverOne),
  redeliverWebhooks: changes(redeliverMany),

  // Checkpoints: the points that a run can be set back to, or another forked from.
  listCheckpoints: reads(readCheckpoints),
  getCheckpoint: reads(readCheckpoint),
  labelRun: changesRun(labelRun),
  restoreRun: changesRun(restoreRun),
  forkRun: changesRun(forkRun),
  promoteRun: changesRun(promoteRun),
  pruneCheckpoints: changesRun(pruneCheckpoints),

  // Commands, and what people and runs say to each other.
  pauseRun: stopsRun(pauseRun),
  resumeRun: changesRun(resumeRun),
  cancelRun: stopsRun(cancelRun),
  compactStep: changesRun(compactStep),
  editRun: changesRun(editRun),
  listRunEdits: reads(readRevisions),
  getRunDefinition: reads(readRunDefinition),
  skipStep: changesRun(skipStep),
  retryStep: changesRun(retryStep),
  stopRetryingStep: changesRun(stopRetryingStep),
  holdStep: changesRun(holdStep),
  releaseStep: changesRun(releaseStep),
  overrideStep: changesRun(overrideStep),
  setRunLimits: changesRun(setRunLimits),
  setStepLimits: changesRun(setStepLimits),
  redirectRun: changesRun(redirectByCommand),
  postMessage: changesRun(postMessage),
  withdrawMessage: changesRun(withdrawMessage),
  listRunMessages: reads(readThread),
  getRunMessage: reads(readMessage),
  listQuestions: reads(readQuestions),
  listRunQuestions: reads(readRunQuestions),
  answerQuestion: changesRun(answerByCommand),

  // What agents say, and results whole.
  listRunCalls: reads(readCalls),
  listSessionMessages: reads(readTranscript),
  mayHaveMorePieces: reads(mayHaveMorePieces),
  followPieces: reads(followPieces),
  getRunOutput: reads(readRunOutput),
  getRunStepOutput: reads(readStepOutput),
  getBlob: reads(readStoredText),

  // The record of who changed what.
  listAudit: reads(readAudit),

  // Proof that travels.
  exportRun: reads(exportRun),
  getKey: reads(readKey),
} as const;
