/**
 * What can be written where in a definition, with a line of help for each member: for completion and for what one points
 * at. The compiler's own schemas say which there are; the test beside this holds the table to them.
 */

export interface Member {
  readonly help: string;
  /** The words that it takes. */
  readonly values?: readonly string[];
  /** `map`: its members stand below it; `list`: items do; `text`: what is written is one value. */
  readonly form?: 'map' | 'list';
  /** Written into the text when it is chosen, after the colon. */
  readonly needed?: true;
}

export type Members = Readonly<Record<string, Member>>;

const YES_NO = ['true', 'false'] as const;

export const DEFINITION: Members = {
  name: {
    help: 'Letters, digits, “.”, “_”, “-”; also the Temporal workflow type of its runs.',
    needed: true,
  },
  version: { help: 'Taken as it is written: 1.10 stays 1.10. A published version never changes.' },
  title: { help: 'For people.' },
  description: { help: 'For people.' },
  inputs: { help: 'What a run is started with: names with types.', form: 'map' },
  labels: { help: 'Names and texts to find runs by.', form: 'map' },
  steps: { help: 'The steps, at most 2,000.', form: 'list', needed: true },
  outputs: { help: 'A template over all steps. Left out: the result of the last step.' },
  failure: {
    help: 'fast: the first failure cancels what runs; finish: independent branches go on.',
    values: ['fast', 'finish'],
  },
  scheduling: {
    help: 'ready: a step starts when its dependencies are settled; level: when the whole level before it is.',
    values: ['ready', 'level'],
  },
  checkpoints: {
    help: 'Which points of a run are kept to go back to.',
    values: ['step', 'level', 'none'],
  },
  notify: {
    help: 'Who is told of questions, failures, budgets and ends: names of webhooks of the installation.',
    form: 'map',
  },
  retention: { help: 'How long what is stored of a run stays after its end, at least 1h.' },
  edits: {
    help: 'What steps may propose to change of the plan.',
    values: ['never', 'ask', 'auto'],
    form: 'map',
  },
  max_parallel: { help: 'Most steps under way at once, 1 to 500 (200).' },
  timeout: { help: 'Most time for a run.' },
  agents: { help: 'The definition’s own agents, by name.', form: 'map' },
  limits: { help: 'What all agents of a run together may use.', form: 'map' },
  workspace: { help: 'The directory that steps of a run share: empty, or from git.', form: 'map' },
};

export const INPUT: Members = {
  type: {
    help: 'The type of its value.',
    values: ['string', 'number', 'integer', 'boolean', 'object', 'array', 'any'],
  },
  required: { help: 'false: it may be left out. One with a default is never required.', values: YES_NO },
  default: { help: 'Its value when none is given.' },
  enum: { help: 'The values that it may have.', form: 'list' },
  description: { help: 'For people; shown where a run is started.' },
};

/** Fields of steps of every kind. */
export const STEP: Members = {
  key: { help: 'How the step is named: letters, digits, “_” and inner “-”.', needed: true },
  title: { help: 'For people.' },
  description: { help: 'For people.' },
  dependencies: { help: 'Keys of the steps that must be settled first.', form: 'list' },
  when: { help: 'A condition. Left out: everything before it succeeded.' },
  parallel: { help: 'false: it runs alone, with nothing of the run beside it.', values: YES_NO },
  timeout: { help: 'Most time for one attempt: 30s, 5m, 1h30m.' },
  retry: { help: 'A number of attempts, or attempts, initial, factor, max, jitter and if.', form: 'map' },
  onError: {
    help: 'fail; continue: go on as if it had succeeded; fallback: take this for the result.',
    values: ['fail', 'continue'],
    form: 'map',
  },
  on_error: { help: 'The same as onError.', values: ['fail', 'continue'], form: 'map' },
  capability: { help: 'The task queue of the workers that can do it.' },
  edits: {
    help: 'What the step may propose to change of the plan.',
    values: ['never', 'ask', 'auto'],
    form: 'map',
  },
  idempotent: { help: 'true: what it does in the world may be done twice without harm.', values: YES_NO },
};

/** What an agent has, and a step of kind agent may override. */
const AGENT_SETTINGS: Members = {
  model: { help: 'As provider/model: anthropic/…, openai/…, google/…, compatible/…, scripted/….' },
  models: { help: 'Models, the first that answers.', form: 'list' },
  fallback_models: { help: 'Models that stand in while the first one does not answer.', form: 'list' },
  tools: { help: 'Tools that the agent may call.', form: 'list' },
  approve: { help: 'Tools whose calls wait for a person’s yes; “*”: all.', form: 'list' },
  max_turns: { help: 'Most model calls (30).' },
  limits: { help: 'What the agent may use.', form: 'map' },
  temperature: { help: '0 to 2.' },
  max_output_tokens: { help: 'Most tokens of one answer.' },
  continuations: { help: 'How often an answer that was cut is gone on with, 0 to 20.' },
  context_window: { help: 'Tokens that the model can read at once.' },
  compact: { help: 'auto: older turns are summarised when the window fills.', values: ['auto', 'off'] },
  output_schema: { help: 'JSON Schema (draft 7) that the answer must fit.', form: 'map' },
};

/** What tells the kind, with what else steps of that kind have. */
export const KINDS: Readonly<Record<string, Members>> = {
  agent: {
    agent: { help: 'Who does it: an agent of the definition, of a file, or a built-in one.' },
    prompt: { help: 'What it is asked, a template.' },
    ...AGENT_SETTINGS,
  },
  ask: { ask: { help: 'A question to people: a text, or prompt, form, approvers, timeout ….', form: 'map' } },
  http: { http: { help: 'A request: method, url, headers, query, body.', form: 'map' } },
  command: {
    command: { help: 'Program and arguments as a list, without a shell.', form: 'list' },
    cwd: { help: 'Where it runs; in a workspace, relative to it.' },
    env: { help: 'Its environment, by name.', form: 'map' },
    stdin: { help: 'What it reads.' },
  },
  node: {
    node: {
      help: 'Work for a program of your own: what that must be able to do, labels, input.',
      form: 'map',
    },
    output_schema: { help: 'JSON Schema (draft 7) that its answer must fit.', form: 'map' },
  },
  transform: { transform: { help: 'An expression, or a map or list of templates.' } },
  wait: { wait: { help: 'A duration, or a template that gives one.' } },
};

export const NODE: Members = {
  capability: { help: 'What a node must be able to do.' },
  labels: { help: 'Labels that it must have, by name.', form: 'map' },
  prefer: { help: 'Labels by which one that has them is taken first.', form: 'map' },
  task_queue: { help: 'In place of that: the task queue of a Temporal worker of yours.' },
  activity: { help: 'With it: the name of the activity.' },
  heartbeat: { help: 'With it: after so long without a heartbeat the worker is taken for dead.' },
  input: { help: 'What it is given: data, or templates.' },
};

export const HTTP: Members = {
  method: {
    help: 'GET unless written.',
    values: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  },
  url: { help: 'What is asked for, a template.', needed: true },
  headers: { help: 'By name.', form: 'map' },
  query: { help: 'Parameters by name; a list for one that comes several times.', form: 'map' },
  body: { help: 'Data is sent as JSON, a text as it is.' },
};

export const ASK: Members = {
  prompt: { help: 'The question, a template.', needed: true },
  form: { help: 'JSON Schema that an answer must fit. Left out: any text.', form: 'map' },
  approval: { help: 'true: yes or no, and a refusal fails the step.', values: YES_NO },
  approvers: { help: 'Who may answer. Left out: everybody.', form: 'list' },
  needed: { help: 'So many different people must answer (1).' },
  not_starter: { help: 'true: whoever started the run may not answer.', values: YES_NO },
  timeout: { help: 'How long it is open. Left out: for ever.' },
  on_timeout: { help: 'fail, or an answer that is taken.', values: ['fail'], form: 'map' },
};

export const ON_TIMEOUT: Members = {
  answer: { help: 'Taken for the answer; it must fit the form.', needed: true },
};

export const AGENT: Members = {
  purpose: { help: 'One line, for people.' },
  system: { help: 'What the agent is told to be.' },
  extends: { help: 'The agent that this one is put upon.' },
  mcp: { help: 'Servers of tools, by name.', form: 'map' },
  ...AGENT_SETTINGS,
};

export const MCP: Members = {
  command: { help: 'Program and arguments of a server that is started.', form: 'list' },
  env: { help: 'Its environment; may read secrets.', form: 'map' },
  url: { help: 'Where a server is that runs already.' },
  headers: { help: 'Sent with each request; may read secrets.', form: 'map' },
};

export const LIMITS: Members = {
  max_turns: { help: 'Most model calls.' },
  max_tokens: { help: 'Input and output together.' },
  max_cost_usd: { help: 'US dollars.' },
  max_duration: { help: 'Time at work, pauses excepted.' },
  on_limit: { help: 'fail, or ask for more and wait.', values: ['fail', 'ask'] },
};

export const EDITS: Members = {
  policy: { help: 'What becomes of a proposal.', values: ['never', 'ask', 'auto'], needed: true },
  max_steps: { help: 'Most steps that may be added.' },
  kinds: { help: 'Kinds that added steps may be of.', form: 'list' },
  agents: { help: 'Agents that added steps may name.', form: 'list' },
  approvers: { help: 'With ask: who may say yes; everybody unless told.', form: 'list' },
};

export const WORKSPACE: Members = {
  git: { help: 'URL or path of a repository that is cloned.' },
  ref: { help: 'Branch, tag or commit.' },
  snapshots: { help: 'true: its files are kept where every worker can have them.', values: YES_NO },
};

export const RETRY: Members = {
  attempts: { help: 'The first try too (3).' },
  initial: { help: 'Time before the second attempt (1s).' },
  factor: { help: 'So many times as long before each further one (2).' },
  max: { help: 'Most time between two attempts (1m).' },
  jitter: { help: 'Part by which times are moved, 0 to 1 (0.2).' },
  if: { help: 'A condition over error.type, error.message, error.attempt, inputs and earlier steps.' },
};

export const FALLBACK: Members = { fallback: { help: 'Taken for the result of the step.', needed: true } };

/** The agents that every installation knows. */
export const BUILT_IN_AGENTS = [
  ...['plan', 'code', 'test', 'review', 'docs', 'scaffold', 'backend', 'security', 'quality', 'product'],
] as const;

export const PROVIDERS = ['anthropic', 'openai', 'google', 'compatible', 'scripted'] as const;

/** Of expressions, with how they are written. */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  has: 'has(a.b): is the way there?',
  default: 'default(a.b, x): x where a part of the way is missing or null',
  size: 'size(x): of a text, list or map',
  string: 'string(x)',
  int: 'int(x)',
  double: 'double(x)',
  bool: 'bool(x)',
  json: 'json(x): as JSON text',
  parse_json: 'parse_json(text)',
  join: 'join(list, by)',
  split: 'split(text, by)',
  lower: 'lower(text)',
  upper: 'upper(text)',
  trim: 'trim(text)',
  replace: 'replace(text, what, by)',
  keys: 'keys(map)',
  values: 'values(map)',
  sum: 'sum(list)',
};

/** In conditions alone. */
export const STATUS_FUNCTIONS: Readonly<Record<string, string>> = {
  succeeded: 'succeeded(): everything before it did',
  failed: 'failed(): something before it did',
  always: 'always(): whatever happened before it',
};
