/**
 * The rooms of src/ and what each may import: whatever is not named here is forbidden. A room is a folder without the rooms
 * below it, or a single file. Tests, and what only they use, may import everything.
 */

export interface Room {
  /** Rooms, or single files of them. */
  readonly may: readonly string[];
  /** Rooms of which it may have the types and nothing else. */
  readonly types?: readonly string[];
  /** Packages that it may not have; `node:*` are all that come with Node. */
  readonly without?: readonly string[];
}

/** Needs no Node, no Temporal, no database and no transport. */
const pure = (...may: string[]): Room => ({
  may,
  without: ['node:*', '@temporalio/*', 'pg', 'express', 'pino', 'undici'],
});

/** What the workflow bundle holds is made anew for each run: no zod and no YAML in it. */
const HEAVY = ['zod', 'yaml', 'ajv'];
const bundled = (...may: string[]): Room => ({ may, without: [...(pure().without ?? []), ...HEAVY] });

const LANGUAGE = ['plan', 'protocol', 'expressions'];
const compiler = (...may: string[]): Room => pure(...LANGUAGE, 'errors', ...may);
const core = (...may: string[]): Room => bundled(...LANGUAGE, ...may.map((room) => `workflows/core/${room}`));

/** Knows of no transport. */
const service = (rooms: readonly string[], ...further: readonly string[]): Room => ({
  may: [
    ...[
      'service',
      'contract',
      'agent-files',
      'compiling',
      'layout',
      'definition',
      'plan',
      'protocol',
      'streaming',
    ],
    ...['database', 'temporal', 'errors', 'log', 'tracing'],
    ...rooms.map((room) => `service/${room}`),
    ...further,
  ],
  without: ['express', 'helmet', 'socket.io', 'pino-http', 'node:http', 'node:net'],
});
/** Inside the service: from what is done to what it is done with. */
const LOOKING = ['ways', 'views', 'changes'];
const AT_RUNS = [...LOOKING, 'runs'];
const STARTING = [...AT_RUNS, 'values', 'definitions'];
const TALKING = [...STARTING, 'starting'];
const GOING_ON = [...TALKING, 'messages'];
const GOING_BACK = [...GOING_ON, 'continuing', 'editing', 'state'];
const SERVICE_ROOMS = [
  ...GOING_BACK,
  ...[
    'agents',
    'audit',
    'saved-views',
    'statistics',
    'bundles',
    'checkpoints',
    'comparing',
    'events',
    'insights',
    'layouts',
    'nodes',
    'statistics',
    'stream',
    'upkeep',
    'webhooks',
  ],
];

/** `@baton/client`, seen from src. */
export const CLIENT = '../packages/client/src';

export const ROOMS: Readonly<Record<string, Room>> = {
  plan: bundled(),
  protocol: bundled('plan'),
  expressions: bundled('plan', 'protocol'),

  // The compiler's rooms: each may use those before it.
  'definition/text': compiler(),
  'definition/graph': compiler(),
  'definition/hints': compiler('definition/text'),
  'definition/expressions': compiler('definition/text', 'definition/hints'),
  'definition/fields': compiler(
    ...['definition/text', 'definition/hints', 'definition/expressions', 'definition/graph'],
  ),
  'definition/agents': compiler(
    ...['definition/text', 'definition/hints', 'definition/expressions', 'definition/fields'],
  ),
  'definition/kinds': compiler(
    ...['definition/text', 'definition/hints', 'definition/expressions', 'definition/fields'],
    'definition/agents',
  ),
  'definition/steps': compiler(
    ...['definition/text', 'definition/hints', 'definition/expressions', 'definition/fields'],
    ...['definition/graph', 'definition/kinds'],
  ),
  definition: compiler(
    ...['definition/text', 'definition/hints', 'definition/expressions', 'definition/fields'],
    ...['definition/graph', 'definition/kinds', 'definition/agents', 'definition/steps'],
  ),
  'agent-files': { may: ['definition', 'errors'] },
  compiling: { may: ['definition', 'plan', 'protocol', 'errors', 'places.ts'] },
  layout: { may: ['places.ts'] },

  // The core's rooms: each may use those before it. People reach kinds through the kernel's `Kind`.
  'workflows/core/kernel': core(),
  'workflows/core/steps': core('kernel'),
  'workflows/core/people': core('kernel', 'steps'),
  'workflows/core/kinds': core('kernel', 'steps', 'people'),
  'workflows/core/run': core('kernel', 'steps', 'people', 'kinds'),
  'workflows/core/host': core('kernel', 'kinds', 'run'),
  'workflows/core/why': core('kernel', 'steps', 'kinds', 'run'),
  // Its door.
  'workflows/core': bundled(
    ...['kernel', 'steps', 'people', 'kinds', 'run', 'host', 'why'].map((room) => `workflows/core/${room}`),
  ),
  workflows: {
    may: ['workflows/core', 'plan', 'protocol'],
    without: [
      ...['node:*', '@temporalio/client', '@temporalio/worker', '@temporalio/activity', 'pg', 'express'],
      ...['pino', ...HEAVY],
    ],
  },
  recording: bundled('plan', 'protocol'),
  rehearsal: bundled('recording', 'workflows/core', ...LANGUAGE),

  // Statements are data: no driver, no connection.
  tables: pure('plan', 'protocol', 'database/sql.ts', 'database/json-text.ts'),
  // What the words of a filter mean, for lists of runs as for webhooks.
  'tables/finding': pure('plan', 'protocol', 'database/sql.ts'),
  'projections/fold': bundled('workflows/core', 'tables', ...LANGUAGE),
  projections: {
    may: [
      ...[
        'projections/fold',
        'workflows/core',
        'maintenance',
        'tables',
        ...LANGUAGE,
        'streaming',
        'database',
      ],
      ...['temporal', 'listeners', 'secrets', 'webhooks', 'errors', 'log', 'config.ts', 'tracing'],
      'alarm.ts',
    ],
  },
  // Which node does what, and the tables of it: shared by whoever has work and whoever has nodes.
  nodes: { may: ['plan', 'protocol', 'database', 'errors', 'log'] },
  maintenance: { may: ['tables', 'plan', 'protocol', 'database', 'errors', 'log'] },
  bundles: {
    may: [...['maintenance', 'projections', 'tables', 'plan', 'protocol', 'database', 'errors', 'places.ts']],
  },
  // Sends by the same way out as steps.
  webhooks: {
    may: [
      ...['tables/finding', 'plan', 'protocol', 'database', 'secrets', 'errors', 'log', 'config.ts'],
      'activities/network/guarded-agent.ts',
      'alarm.ts',
    ],
  },
  streaming: { may: ['plan', 'protocol', 'database', 'errors', 'log'] },
  activities: {
    may: [
      ...['agent-files', 'compiling', 'definition', ...LANGUAGE, 'streaming', 'database', 'temporal'],
      ...['secrets', 'errors', 'log', 'config.ts', 'nodes', 'grpc', 'tracing', 'alarm.ts'],
    ],
  },
  worker: {
    may: [
      ...['activities', ...LANGUAGE, 'streaming', 'database', 'temporal', 'listeners', 'secrets', 'errors'],
      ...['log', 'config.ts', 'places.ts', 'tracing'],
    ],
  },

  contract: pure('plan', 'protocol'),
  'service/ways': service([]),
  'service/views': service([]),
  'service/changes': service([]),
  'service/upkeep': service(['ways']),
  'service/definitions': service(['ways', 'views']),
  'service/statistics': service(['ways', 'views', 'definitions']),
  'service/layouts': service(['ways', 'definitions', 'runs']),
  'service/insights': service(['ways', 'views']),
  'service/nodes': service(['ways', 'views'], 'nodes'),
  'service/audit': service(LOOKING),
  'service/runs': service(LOOKING, 'nodes', 'tables/finding'),
  'service/saved-views': service(['ways', 'views', 'runs']),
  'service/values': service(AT_RUNS),
  'service/webhooks': service(AT_RUNS, 'webhooks', 'secrets/keyring.ts'),
  'service/stream': service(AT_RUNS),
  // Who offers bundles.
  'service/bundles': service(AT_RUNS, 'bundles', 'places.ts'),
  'service/agents': service([...AT_RUNS, 'values']),
  'service/events': service([...AT_RUNS, 'values']),
  // The state at an event is a fold of the stored history; which steps act on the world, their kinds say.
  'service/state': service([...AT_RUNS, 'events'], 'projections', 'expressions'),
  'service/starting': service(STARTING),
  'service/messages': service(TALKING),
  // What a state gives up so that it travels.
  'service/continuing': service(GOING_ON, 'projections'),
  'service/editing': service(GOING_ON, 'projections'),
  'service/checkpoints': service(GOING_BACK, 'projections'),
  'service/comparing': service([...AT_RUNS, 'definitions', 'state']),
  service: service(SERVICE_ROOMS, 'webhooks/settings.ts', 'secrets/keyring.ts', 'config.ts', 'places.ts'),

  // A transport has of the service what its face shows, and no way to a database or to Temporal.
  api: {
    may: [
      ...['service/index.ts', 'mcp', 'grpc', 'contract', 'plan', 'listeners', 'errors', 'log', 'config.ts'],
      'tracing',
      'places.ts',
    ],
    without: ['pg', '@temporalio/*'],
  },
  // Messages of gRPC as they were generated, and what is made of them.
  grpc: { may: ['plan', 'errors'] },
  // Tools over a door that others open: it knows of no way to Baton.
  mcp: {
    may: ['contract', 'plan', 'protocol', 'log/safe-text.ts'],
    without: ['pg', 'express', '@temporalio/*'],
  },
  // Goes into browsers and other programs: of Baton it has what needs nothing.
  [CLIENT]: {
    may: ['plan/exact-json.ts', 'protocol/status.ts', 'errors/retry-after.ts'],
    without: ['node:*', 'undici', ...HEAVY],
  },
  stack: {
    may: [
      ...[
        'tables',
        'database',
        'temporal',
        'listeners',
        'secrets',
        'errors',
        'log',
        'config.ts',
        'places.ts',
        'alarm.ts',
        // Sealed as tables are brought up to date.
        'webhooks/seal-stored.ts',
      ],
    ],
  },
  cli: {
    may: [
      ...[
        'stack',
        'agent-files',
        'definition',
        'recording',
        'rehearsal',
        'projections',
        'maintenance',
        'bundles',
        'mcp',
        CLIENT,
      ],
      ...['activities', 'plan', 'protocol', 'database', 'temporal', 'listeners', 'errors', 'log'],
      ...['config.ts', 'places.ts', 'secrets', 'webhooks/seal-stored.ts', 'webhooks/queries/sealed.ts'],
    ],
    // It starts without zod.
    types: ['contract'],
  },

  database: { may: ['plan', 'protocol', 'errors', 'log', 'config.ts', 'places.ts'] },
  temporal: { may: ['plan', 'protocol', 'errors', 'log', 'config.ts'] },
  listeners: { may: ['errors', 'log'] },
  errors: { may: [] },
  // What a span is, how it is named, and how others are told of it.
  tracing: { may: [], types: ['config.ts'], without: ['@opentelemetry/*', '@temporalio/*', 'pg'] },
  secrets: { may: ['plan'] },
  log: { may: ['plan', 'secrets'] },
  'config.ts': { may: ['listeners', 'mcp/scope.ts'] },
  'places.ts': { may: [] },
  'alarm.ts': { may: [] },
  // The world of the tests.
  testing: { may: [] },
};
