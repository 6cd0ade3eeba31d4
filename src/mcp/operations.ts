/**
 * The operations of the API that tools are made of, each with its route below `/api/v1`; and those that no tool is made of, each
 * with the reason. A test holds both against the routes: one is in exactly one of the tables.
 */

export const OPERATIONS = {
  listWorkflows: 'GET /workflows',
  getWorkflow: 'GET /workflows/:name',
  listWorkflowVersions: 'GET /workflows/:name/versions',
  getWorkflowVersion: 'GET /workflows/:name/versions/:version',
  getWorkflowStatistics: 'GET /workflows/:name/statistics',
  validateWorkflow: 'POST /workflows/validate',
  publishWorkflow: 'POST /workflows',
  archiveWorkflow: 'POST /workflows/:name/archive',
  unarchiveWorkflow: 'POST /workflows/:name/unarchive',

  startRun: 'POST /runs',
  rerunRun: 'POST /runs/:id/rerun',
  listRuns: 'GET /runs',
  countRuns: 'GET /runs/count',
  listFilterValues: 'GET /runs/filter-values',
  getRun: 'GET /runs/:id',
  listRunSteps: 'GET /runs/:id/steps',
  getRunStep: 'GET /runs/:id/steps/:key',
  getStepWhy: 'GET /runs/:id/steps/:key/why',
  getRunStepInput: 'GET /runs/:id/steps/:key/input',
  getRunOutput: 'GET /runs/:id/output',
  getRunStepOutput: 'GET /runs/:id/steps/:key/output',
  getBlob: 'GET /blobs/:hash',
  listRunEvents: 'GET /runs/:id/events',
  listEventCauses: 'GET /runs/:id/events/:seq/causes',
  getRunDefinition: 'GET /runs/:id/definition',
  listRunEdits: 'GET /runs/:id/edits',
  diffRuns: 'GET /runs/:id/diff/:other',

  listRunMessages: 'GET /runs/:id/messages',
  postRunMessage: 'POST /runs/:id/messages',
  withdrawMessage: 'DELETE /runs/:id/messages/:message_id',
  listQuestions: 'GET /questions',
  listRunQuestions: 'GET /runs/:id/questions',
  answerQuestion: 'POST /runs/:id/answers',
  listRunCalls: 'GET /runs/:id/calls',
  listSessionMessages: 'GET /sessions/:id/messages',

  pauseRun: 'POST /runs/:id/pause',
  resumeRun: 'POST /runs/:id/resume',
  cancelRun: 'POST /runs/:id/cancel',
  redirectRun: 'POST /runs/:id/redirect',
  continueRun: 'POST /runs/:id/continue',
  editRun: 'POST /runs/:id/edits',
  skipStep: 'POST /runs/:id/steps/:key/skip',
  retryStep: 'POST /runs/:id/steps/:key/retry',
  stopRetryingStep: 'POST /runs/:id/steps/:key/stop-retrying',
  holdStep: 'POST /runs/:id/steps/:key/hold',
  releaseStep: 'POST /runs/:id/steps/:key/release',
  overrideStep: 'POST /runs/:id/steps/:key/override',
  compactStep: 'POST /runs/:id/steps/:key/compact',
  setStepLimits: 'POST /runs/:id/steps/:key/limits',
  setRunLimits: 'POST /runs/:id/limits',

  listCheckpoints: 'GET /runs/:id/checkpoints',
  getCheckpoint: 'GET /runs/:id/checkpoints/:checkpoint',
  labelRun: 'POST /runs/:id/checkpoints',
  restoreRun: 'POST /runs/:id/restore',
  forkRun: 'POST /runs/:id/forks',
  promoteRun: 'POST /runs/:id/promotions',

  getStats: 'GET /stats',
  getInsights: 'GET /insights',
} as const;

export type Operation = keyof typeof OPERATIONS;

const SAME = 'another operation does the same';
const DRAWN = 'a picture for screens: the steps and what they depend on are told by other tools';
const VIEWS = 'views are for the screens of people; a model writes its filter';
const NODES = 'for whoever runs the nodes; what a run waits for says get_workflow_status';
const WEBHOOKS =
  'where events go is for whoever runs the installation: a model that could add one could send them anywhere';
const LIVE = 'a stream: one answer of a tool is one piece; wait_for_run waits';

/** Operations below `/api/v1` of which no tool is made, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  getAbout: 'told when a client connects: name and version of the server',
  getOpenApi: 'for generators of clients',
  unpauseRun: SAME,
  continueSession: SAME,
  getRunMessage: 'list_messages has it with its receipt',
  getRunState:
    'the whole state is too large for a model; status, why and events tell of it, as of a moment too',
  getRunGraph: DRAWN,
  getVersionGraph: DRAWN,
  streamRun: LIVE,
  listViews: VIEWS,
  createView: VIEWS,
  replaceView: VIEWS,
  deleteView: VIEWS,
  listNodes: NODES,
  getNode: NODES,
  matchNode: NODES,
  replaceNode: NODES,
  drainNode: NODES,
  undrainNode: NODES,
  deleteNode: NODES,
  listWebhooks: WEBHOOKS,
  createWebhook: WEBHOOKS,
  getWebhook: WEBHOOKS,
  changeWebhook: WEBHOOKS,
  deleteWebhook: WEBHOOKS,
  rotateWebhookSecret: WEBHOOKS,
  testWebhook: WEBHOOKS,
  listWebhookDeliveries: WEBHOOKS,
  getWebhookDelivery: WEBHOOKS,
  redeliverWebhook: WEBHOOKS,
  redeliverWebhooks: WEBHOOKS,
  pruneCheckpoints: 'removes for good what restores need: a decision of whoever runs the installation',
  listAudit: 'the record about clients, for whoever runs the installation',
  getRunBundle: 'a file for other installations; `baton export` writes it',
  getKey: 'for whoever checks such files',
};
