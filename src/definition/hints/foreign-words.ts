/** Words of other tools (and slips) that stand for a field of a definition: which one, and how it is written here. */

/** What a word stands for. */
export interface Meaning {
  /** The field that was meant. */
  readonly field: string;
  /** The rest of what is wrong is looked for as if the field had been written. */
  readonly reads: boolean;
  /** What to write. */
  readonly hint: string;
}

interface Row {
  readonly words: string;
  readonly field: string;
  readonly reads?: true;
  readonly write?: (value: unknown) => string;
}

const LOOPS =
  'There are no loops in a definition: write a step for each, or let an agent go through the list.';
const TRIGGERS = 'There are no triggers in a definition: start runs with the API, "baton run" or cron.';

/** Words are compared in small letters, without "-" and "_". Of several rows the first whose field is known counts. */
const ROWS: readonly Row[] = [
  // Steps.
  { words: 'id stepid taskid taskkey slug', field: 'key', reads: true },
  { words: 'name', field: 'key', reads: true },
  { words: 'name label displayname', field: 'title', reads: true },
  {
    words:
      'needs dependson depends dependency dependencie after requires require upstream upstreams runafter waitfor waitsfor previous parents parent deps',
    field: 'dependencies',
    reads: true,
    write: (value) => `Write dependencies: ${listText(value)}.`,
  },
  {
    words: 'if condition conditions runif onlyif only cond enabled executeif expression',
    field: 'when',
    reads: true,
    write: (value) => `Write when: ${bareText(value)}`,
  },
  { words: 'unless skipif', field: 'when', write: (value) => `Write when: "!(${bareText(value)})".` },
  {
    words: 'triggerrule runalways always',
    field: 'when',
    write: () => 'Write when: always(), failed() or another condition.',
  },
  {
    words: 'retries maxretries retrycount retrylimit retrytimes',
    field: 'retry',
    write: (value) =>
      typeof value === 'number'
        ? `Write retry: {attempts: ${value + 1}}: attempts count the first try too.`
        : 'Write retry: {attempts: N}.',
  },
  {
    words: 'attempts maxattempts tries retrypolicy retrystrategy retryoptions',
    field: 'retry',
    write: (value) =>
      `Write retry: {attempts: ${typeof value === 'number' ? value : 'N'}, initial: 1s, factor: 2}.`,
  },
  {
    words: 'retrydelay retryinterval backoff retrybackoff',
    field: 'retry',
    write: (value) => `Write retry: {attempts: N, initial: ${scalarText(value) ?? '1s'}}.`,
  },
  {
    words:
      'continueonerror continueonfail continueonfailure ignoreerrors ignoreerror allowfailure ignorefailure',
    field: 'onError',
    write: () => 'Write onError: continue.',
  },
  {
    words: 'onfailure onfail fallback catch errorhandler failurepolicy exceptionhandler',
    field: 'onError',
    write: () => 'Write onError: fail, continue or {fallback: VALUE}.',
  },
  {
    words: 'timeoutminutes timeoutmin timeoutmins',
    field: 'timeout',
    write: (value) => `Write timeout: ${amountText(value)}m.`,
  },
  {
    words:
      'timeoutseconds timeoutsec timeoutsecs activedeadlineseconds executiontimeout starttoclosetimeout deadline maxduration',
    field: 'timeout',
    write: (value) => `Write timeout: ${amountText(value)}s.`,
  },
  {
    words: 'timeoutms timeoutmillis',
    field: 'timeout',
    write: (value) => `Write timeout: ${amountText(value)}ms.`,
  },
  {
    words: 'queue taskqueue runson worker workergroup pool executor nodeselector',
    field: 'capability',
    reads: true,
  },
  {
    words: 'run runs script shell bash sh cmd exec execute bashcommand program entrypoint args argv',
    field: 'command',
    write: (value) =>
      Array.isArray(value)
        ? `Write command: ${listText(value)}.`
        : `Write command: [sh, -c, ${JSON.stringify(scalarText(value) ?? 'SCRIPT')}].`,
  },
  {
    words: 'python pythoncallable node javascript code',
    field: 'command',
    write: () => 'Write command: [python3, -c, "…"], or the program and its arguments.',
  },
  {
    words: 'image container docker',
    field: 'command',
    write: () => 'Write command: [docker, run, --rm, IMAGE, …].',
  },
  {
    words: 'environment envs envvars environmentvariables variables vars',
    field: 'env',
    reads: true,
    write: () => 'Write env: {NAME: value}.',
  },
  { words: 'workingdirectory workingdir workdir dir directory path', field: 'cwd', reads: true },
  { words: 'input', field: 'stdin' },
  {
    words: 'request curl fetch webhook api httprequest',
    field: 'http',
    write: () => 'Write http: {method: POST, url: …, body: …}.',
  },
  { words: 'url', field: 'http', write: (value) => `Write http: {url: ${scalarText(value) ?? '…'}}.` },
  {
    words: 'question approval approve manual suspend humaninput form',
    field: 'ask',
    write: () => 'Write ask: QUESTION, or ask: {prompt: …, approvers: […]}.',
  },
  {
    words: 'sleep delay pause',
    field: 'wait',
    write: (value) => `Write wait: ${scalarText(value) ?? '10s'}.`,
  },
  {
    words: 'set assign expr eval value compute',
    field: 'transform',
    write: () => 'Write transform: EXPRESSION, or a map of templates.',
  },
  {
    words: 'uses action type kind task operator template activity plugin',
    field: 'transform',
    write: () => 'The kind of a step is the field that it has: agent, ask, http, command, transform or wait.',
  },
  {
    words: 'with parameters params arguments inputs',
    field: 'transform',
    write: () => 'What a step works on stands in its templates: {{ inputs.NAME }}, {{ KEY.result }}.',
  },
  {
    words: 'outputs output returns result results register save saveas resultkey outputkey store',
    field: 'dependencies',
    write: () => 'What a step yields is read as KEY.result; outputs of the run stand beside "steps".',
  },
  {
    words:
      'foreach foreachitem forloop loop loops items withitems withparam matrix strategy map repeat while until each iterate over expand branches switch',
    field: 'dependencies',
    write: () => LOOPS,
  },
  {
    words: 'steps tasks subworkflow workflow flow job jobs then next goto onsuccess',
    field: 'dependencies',
    write: () => 'Steps do not hold or start others: each says in "dependencies" what it waits for.',
  },
  {
    words: 'concurrency maxconcurrency concurrent async exclusive sequential',
    field: 'parallel',
    write: () =>
      'Write parallel: false for a step that runs alone, or max_parallel: N for the whole definition.',
  },
  // Agents and what steps may override.
  {
    words:
      'instruction instructions content text message messages question task query userprompt user inputprompt',
    field: 'prompt',
    reads: true,
  },
  { words: 'assistant persona role who assignee agentname llmagent', field: 'agent', reads: true },
  { words: 'llm modelname modelid engine', field: 'model', reads: true },
  { words: 'provider', field: 'model', write: () => 'Write model: provider/model.' },
  { words: 'fallback fallbackmodel fallbacks backupmodels', field: 'fallback_models' },
  { words: 'maxtokens maxcompletiontokens maxoutputlength tokens', field: 'max_output_tokens', reads: true },
  { words: 'temp', field: 'temperature', reads: true },
  {
    words: 'schema jsonschema responseformat responseschema outputformat outputtype format structuredoutput',
    field: 'output_schema',
    write: () => 'Write output_schema: {type: object, properties: {…}}, a JSON Schema.',
  },
  { words: 'tool allowedtools functions capabilities', field: 'tools', reads: true },
  { words: 'maxsteps maxiterations iterations turns', field: 'max_turns', reads: true },
  {
    words: 'budget maxcost maxbudget cost limit',
    field: 'limits',
    write: () => 'Write limits: {max_cost_usd: 0.50, max_turns: 20}.',
  },
  { words: 'mcpservers servers mcpserver', field: 'mcp', reads: true },
  { words: 'systemprompt prompt instructions role persona systemmessage', field: 'system', reads: true },
  {
    words: 'system systemprompt systemmessage',
    field: 'prompt',
    write: () => 'A system prompt belongs to the agent: agents: {NAME: {system: …}}.',
  },
  { words: 'base inherits inherit parent', field: 'extends', reads: true },
  { words: 'description desc goal summary', field: 'purpose', reads: true },
  // The definition.
  {
    words: 'id workflow workflowname metadata pipeline',
    field: 'name',
    write: (value) => `Write name: ${scalarText(value) ?? 'NAME'}.`,
  },
  { words: 'parameters params arguments args input variables vars env', field: 'inputs', reads: true },
  {
    words: 'tasks jobs job nodes stages activities dag pipeline phases actions step',
    field: 'steps',
    reads: true,
  },
  { words: 'output result results returns', field: 'outputs', reads: true },
  {
    words: 'failfast onfailure onerror errorpolicy failurepolicy',
    field: 'failure',
    write: () => 'Write failure: fast or finish.',
  },
  {
    words: 'concurrency maxconcurrency parallelism parallel maxparallelism maxactiveruns',
    field: 'max_parallel',
    write: (value) => `Write max_parallel: ${typeof value === 'number' ? value : 'N'}.`,
  },
  { words: 'tags annotations', field: 'labels', write: () => 'Write labels: {NAME: text}.' },
  {
    words: 'repo repository git checkout',
    field: 'workspace',
    write: () => 'Write workspace: {git: URL, ref: BRANCH}.',
  },
  { words: 'on triggers trigger schedule cron schedules', field: 'steps', write: () => TRIGGERS },
  {
    words: 'defaults default',
    field: 'scheduling',
    write: () => 'There are no defaults for all steps: write them at each.',
  },
  // Inputs.
  { words: 'initial value', field: 'default', reads: true },
  {
    words: 'optional',
    field: 'required',
    write: (value) => `Write required: ${value === false ? 'true' : 'false'}.`,
  },
  { words: 'options choices values oneof allowed', field: 'enum', reads: true },
  // Parts of http, ask, retry, limits, workspace, MCP servers.
  { words: 'uri endpoint link href address', field: 'url', reads: true },
  { words: 'verb type httpmethod', field: 'method', reads: true },
  { words: 'data json payload content form', field: 'body', reads: true },
  { words: 'params parameters queryparams searchparams querystring qs', field: 'query', reads: true },
  {
    words: 'header auth authorization bearer token authentication',
    field: 'headers',
    write: () => 'Write headers: {authorization: "Bearer {{ secrets.NAME }}"}.',
  },
  { words: 'assignees assignee users reviewers approver who people', field: 'approvers', reads: true },
  {
    words: 'fields options choices',
    field: 'form',
    write: () => 'Write form: {type: object, properties: {…}}, a JSON Schema.',
  },
  { words: 'count quorum minimum approvals required', field: 'needed', reads: true },
  { words: 'expires expiresin expiry', field: 'timeout', reads: true },
  { words: 'default ontimeout', field: 'on_timeout', write: () => 'Write on_timeout: {answer: VALUE}.' },
  {
    words: 'limit count times maxattempts retries maximumattempts max tries',
    field: 'attempts',
    write: (value) => `Write attempts: ${amountText(value)}; they count the first try too.`,
  },
  { words: 'delay backoff interval wait initialinterval initialdelay', field: 'initial', reads: true },
  { words: 'multiplier backofffactor backoffcoefficient exponent coefficient', field: 'factor', reads: true },
  { words: 'maxdelay maxinterval maximuminterval cap maxbackoff', field: 'max', reads: true },
  {
    words: 'on when retryif condition onlyif retryon',
    field: 'if',
    write: () => 'Write if: error.type == "…".',
  },
  { words: 'maxcost cost budget usd maxbudget', field: 'max_cost_usd', reads: true },
  { words: 'tokens', field: 'max_tokens', reads: true },
  { words: 'turns steps iterations', field: 'max_turns', reads: true },
  { words: 'timeout duration time', field: 'max_duration', reads: true },
  { words: 'branch tag commit revision sha rev', field: 'ref', reads: true },
  { words: 'url repo repository remote', field: 'git', reads: true },
  { words: 'desc help summary comment note', field: 'description', reads: true },
];

const BY_WORD: ReadonlyMap<string, readonly Row[]> = rowsByWord();

function rowsByWord(): Map<string, Row[]> {
  const rows = new Map<string, Row[]>();
  for (const row of ROWS) {
    for (const word of row.words.split(' ')) rows.set(word, [...(rows.get(word) ?? []), row]);
  }
  return rows;
}

/** What `word` with this value stands for where `fields` are known and those of `free` not written yet. */
export function meaningOf(
  word: string,
  value: unknown,
  fields: readonly string[],
  free: ReadonlySet<string>,
): Meaning | undefined {
  const plain = plainWord(word);
  const same = fields.find((field) => plainWord(field) === plain && free.has(field));
  if (same !== undefined) return { field: same, reads: true, hint: `Did you mean "${same}"?` };
  const rows = (BY_WORD.get(plain) ?? []).filter(({ field }) => fields.includes(field));
  const row = rows.find(({ field }) => free.has(field)) ?? rows[0];
  if (row === undefined) return undefined;
  const hint = row.write?.(value) ?? `Write ${row.field}: ${scalarText(value) ?? '…'}`;
  return { field: row.field, reads: row.reads === true && free.has(row.field), hint };
}

/** In small letters, without what joins words. */
export const plainWord = (word: string): string => word.toLowerCase().replaceAll(/[-_ ]/g, '');

/** A short scalar as it would be written; undefined for everything else. */
function scalarText(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = String(value);
  return text.length > 200 || text.includes('\n') ? undefined : text;
}

/** A condition without its braces. */
function bareText(value: unknown): string {
  const text = scalarText(value) ?? 'CONDITION';
  return (/^\s*\{\{(.*)\}\}\s*$/.exec(text)?.[1] ?? text).trim();
}

function amountText(value: unknown): string {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))
    ? String(value)
    : 'N';
}

/** A list, or a text that names several, as a list. */
export function listText(value: unknown): string {
  const names = listMeant(value);
  return names === null
    ? '[…]'
    : `[${names.map((name) => (/^[\w./:-]+$/.test(name) ? name : JSON.stringify(name))).join(', ')}]`;
}

/** The names that a list, or a text with commas, holds. */
export function listMeant(value: unknown): readonly string[] | null {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string') ? (value as string[]) : null;
  if (typeof value !== 'string' || value.length > 2_000) return null;
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
