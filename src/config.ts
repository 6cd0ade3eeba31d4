/**
 * Every environment name that Baton reads, with its meaning and default. Nothing else reads process.env for settings
 * (vendors' key variables excepted: their SDKs know them).
 */
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import * as v from 'valibot';
import { parseAllowedHost, type AllowedHost } from './listeners/allowed-host.ts';
import { parseScopes, SCOPE_FORM, SCOPES, type Scope } from './mcp/scope.ts';

// valibot, for its size: the command line reads the environment at each start.
const text = v.string();
const name = v.pipe(text, v.nonEmpty('write a name'));
const url = v.pipe(text, v.url('write an address, with https:// or the like before it'));
const flag = v.pipe(
  v.picklist(['0', '1', 'true', 'false'], 'write 1 or 0'),
  v.transform((given) => given === '1' || given === 'true'),
);

/** A number in its bounds, both included; refused without telling it, as everything here is. */
function number(min: number, max: number) {
  const message = `write a number from ${min} to ${max}`;
  return v.pipe(
    text,
    v.transform(Number),
    v.number(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

function whole(min: number, max: number) {
  return v.pipe(number(min, max), v.integer(`write a whole number from ${min} to ${max}`));
}

const limit = whole(0, 1_000_000_000);
const port = whole(0, 65_535);

/** null: there is none. */
const portOrOff = v.pipe(
  text,
  v.rawTransform(({ dataset, addIssue, NEVER }): number | null => {
    if (dataset.value === 'off') return null;
    const parsed = v.safeParse(port, dataset.value);
    if (parsed.success) return parsed.output;
    addIssue({ message: 'write a whole number from 0 to 65535, or off' });
    return NEVER;
  }),
);

const PROPAGATION = ['auto', 'on', 'off'] as const;
const USUAL_GRPC_PORT = 4701;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const hosts = v.pipe(
  text,
  v.rawTransform(({ dataset, addIssue }): readonly AllowedHost[] =>
    listOf(dataset.value, ',').flatMap((entry) => {
      const host = parseAllowedHost(entry);
      if (host !== undefined) return host;
      addIssue({ message: `"${entry}" is no host; write name, name:port or https://name, comma-separated` });
      return [];
    }),
  ),
);

const scopes = v.pipe(
  text,
  v.rawTransform(({ dataset, addIssue, NEVER }): readonly Scope[] => {
    const known = parseScopes(dataset.value);
    if (known !== undefined) return known;
    addIssue({ message: SCOPE_FORM });
    return NEVER;
  }),
);

/** Several, for the time in which one takes the place of another. */
const keys = v.pipe(
  text,
  v.rawTransform(({ dataset, addIssue, NEVER }): readonly string[] => {
    const given = listOf(dataset.value, ',').map((key) => key.toLowerCase());
    if (given.every((key) => /^[0-9a-f]{64}$/.test(key))) return given;
    addIssue({ message: 'write 64 hexadecimal digits; former keys after it, comma-separated' });
    return NEVER;
  }),
);

const REDIS = 'write redis://HOST:PORT or rediss://…';
const redisUrl = v.pipe(text, v.check(isRedisUrl, REDIS));

/** Environment names, their form and default. `docker-compose.yml` is tested against this. */
export const ENVIRONMENT = v.object({
  /** Data directory of the embedded stack. */
  BATON_HOME: v.optional(text, '.baton'),
  /** Port of the API. `baton up` takes the next free one when it is in use, says so, and writes it to stack.json. */
  BATON_PORT: v.optional(port, '4700'),
  /** Port of gRPC, in the process of the API; taken as BATON_PORT is. `off`: there is no gRPC. Default: 4701, any where BATON_PORT is 0. */
  BATON_GRPC_PORT: v.optional(portOrOff),
  /** Port of a projector's or worker's own `/metrics` and `/healthz`; 0 = none. */
  BATON_METRICS_PORT: v.optional(port, '0'),
  /** Address that whatever of Baton listens is bound to. Beyond loopback only with BATON_INSECURE. */
  BATON_HOST: v.optional(text, '127.0.0.1'),
  /**
   * Comma-separated names beside the loopback ones under which Baton answers: `name` (any port), `name:port`, or the
   * origin behind a proxy that speaks TLS, `https://name`.
   */
  BATON_ALLOWED_HOSTS: v.optional(hosts, ''),
  /** Listen beyond loopback although nobody who comes from there is asked who he is. */
  BATON_INSECURE: v.optional(flag, '0'),
  /** What MCP clients may do at most: `read`, `steer`, `author`, comma-separated; `none`: there is no `/mcp`. */
  BATON_MCP_SCOPE: v.optional(scopes, SCOPES.join(',')),
  /** Where the CLI finds the API; default: from `BATON_HOME/stack.json`. */
  BATON_URL: v.optional(url),
  /** Which of its contexts the CLI works with (`baton context`). */
  BATON_CONTEXT: v.optional(name),
  /** Where people find Temporal's Web UI, for links; default: that of the embedded Temporal. */
  BATON_TEMPORAL_UI: v.optional(url),
  BATON_TASK_QUEUE: v.optional(name, 'baton'),
  /** Comma-separated further task queues (capabilities) that this worker's activities serve. */
  BATON_CAPABILITIES: v.optional(text, ''),
  /** Comma-separated task queues of Temporal workers to which steps on this worker may hand work. */
  BATON_NODE_TASK_QUEUES: v.optional(text, ''),
  /** May steps on this worker run commands? */
  BATON_ALLOW_COMMANDS: v.optional(flag, '0'),
  /** Where the worker runs as root: the user that programs of steps run as; `root` = no other. */
  BATON_COMMAND_USER: v.optional(name, 'nobody'),
  /** Seconds of processor time that each process of a program may use; 0 = no limit, as for the following. */
  BATON_COMMAND_CPU_SECONDS: v.optional(limit, '3600'),
  /** Megabytes of data of each process. */
  BATON_COMMAND_MEMORY_MB: v.optional(limit, '4096'),
  /** Processes and threads at once, where programs have a user or a namespace to themselves. */
  BATON_COMMAND_PROCESSES: v.optional(limit, '2048'),
  /** Megabytes of each file that is written. */
  BATON_COMMAND_FILE_MB: v.optional(limit, '4096'),
  /** May steps on this worker, and webhooks of this projector, reach loopback, private and link-local addresses? */
  BATON_ALLOW_PRIVATE_NETWORK: v.optional(flag, '0'),
  /** Directory of agent files (`NAME.yaml`), for whatever compiles definitions. */
  BATON_AGENTS: v.optional(text, 'agents'),
  /** Directories of this worker that workspaces may be cloned from, separated as in PATH. */
  BATON_WORKSPACE_SOURCES: v.optional(text, ''),
  /** Default model, `provider/model`. */
  BATON_MODEL: v.optional(text),
  /** Script of the `scripted` provider. */
  BATON_SCRIPT: v.optional(text),
  /** Longest silence within a model's answer, in seconds; before its first byte five times as long. 0 = no limit. */
  BATON_MODEL_IDLE_SECONDS: v.optional(number(0, 86_400), '120'),
  BATON_COMPATIBLE_BASE_URL: v.optional(url),
  BATON_COMPATIBLE_API_KEY: v.optional(text),
  /** Runs that the API keeps in memory for its readers; 0 = none. */
  BATON_CACHE_RUNS: v.optional(whole(0, 1_000_000), '1000'),
  /** Seconds after which the API forgets a run that nobody reads; 0 = keeps none. */
  BATON_CACHE_SECONDS: v.optional(number(0, 86_400), '60'),
  /** Minutes after the last piece of an answer after which what was streamed of it is forgotten. */
  BATON_STREAM_MINUTES: v.optional(number(0.001, 1_440), '30'),
  /** Where people find API and console, for links in what is sent; default: on this machine. */
  BATON_PUBLIC_URL: v.optional(v.pipe(url, v.regex(/^https?:/i, 'write https://… or http://…'))),
  /** Where notices by e-mail go out: `smtp://` or `smtps://`, with user and password if it asks for them. */
  BATON_SMTP_URL: v.optional(v.pipe(url, v.regex(/^smtps?:/i, 'write smtps://HOST:PORT or smtp://…'))),
  /** Whose they are: `Baton <baton@example.com>`. */
  BATON_SMTP_FROM: v.optional(name),
  /** Hours from one maintenance on schedule to the next: retention of runs and of the audit log; 0 = none. */
  BATON_MAINTAIN_HOURS: v.optional(number(0, 8_760), '24'),
  /** Folder into which runs go whose retention is over; without it they go for good. */
  BATON_ARCHIVE: v.optional(text),
  /** Days that entries of the audit log stay; 0 = for good. */
  BATON_AUDIT_DAYS: v.optional(number(0, 36_500), '0'),
  BATON_LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `write one of ${LOG_LEVELS.join(', ')}`), 'info'),
  /** Where built tools (the Temporal CLI) are kept for all projects of this user. */
  BATON_CACHE: v.optional(text, join(homedir(), '.cache', 'baton')),
  /**
   * Seed of the Ed25519 key that bundles of runs are signed with, 64 hexadecimal digits (`openssl rand -hex 32`); without
   * it a key is made in BATON_HOME at its first use.
   */
  BATON_SIGNING_KEY: v.optional(v.pipe(text, v.regex(/^[0-9a-f]{64}$/i, 'write 64 hexadecimal digits'))),
  /**
   * Key that secrets are sealed with in Postgres, 64 hexadecimal digits (`openssl rand -hex 32`), and after it, comma-separated,
   * former ones that still open them; for API and projectors. Without it `baton up` makes one for its own Postgres.
   */
  BATON_SEALING_KEY: v.optional(keys, ''),
  /** Use this Temporal server instead of the embedded one. */
  TEMPORAL_ADDRESS: v.optional(text),
  /** May a worker reach Temporal through a relay of its own, which notices a server that says nothing any more? */
  BATON_TEMPORAL_RELAY: v.optional(flag, '1'),
  TEMPORAL_NAMESPACE: v.optional(text, 'default'),
  /** Use this database instead of the embedded one. */
  DATABASE_URL: v.optional(text),
  /** File that `baton up` keeps to hold some room on the disk: while it is missing, the API takes nothing new in. */
  BATON_RESERVE: v.optional(text),
  /** Longest that Postgres may take for one statement, in seconds; a connection that is silent for longer is given up. */
  BATON_DATABASE_SECONDS: v.optional(number(0.1, 600), '5'),
  /** Are requests of steps, models and MCP told the span that they belong to? `auto`: where spans are exported, and in runs whose start named a trace. */
  BATON_TRACE_PROPAGATE: v.optional(
    v.picklist(PROPAGATION, `write one of ${PROPAGATION.join(', ')}`),
    'auto',
  ),
  /** Most spans that wait for the collector; beyond that the oldest go. */
  BATON_TRACE_BACKLOG: v.optional(whole(1, 10_000_000), '100000'),
  /** The span that commands of the command line are given in, as W3C's `traceparent` has it: runs that they start are below it. */
  TRACEPARENT: v.optional(text),
  /** Of OpenTelemetry's own names those that it is set up by; none of them stops a program by being wrong. */
  OTEL_SDK_DISABLED: v.optional(text),
  OTEL_TRACES_EXPORTER: v.optional(text),
  /** Where spans are sent, by OTLP over HTTP; without it none are made. */
  OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(text),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: v.optional(text),
  OTEL_EXPORTER_OTLP_HEADERS: v.optional(text),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: v.optional(text),
  OTEL_EXPORTER_OTLP_PROTOCOL: v.optional(text),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: v.optional(text),
  OTEL_EXPORTER_OTLP_TIMEOUT: v.optional(text),
  OTEL_SERVICE_NAME: v.optional(text),
  OTEL_RESOURCE_ATTRIBUTES: v.optional(text),
  /** Stream answers through this Redis, `redis://` or `rediss://`, instead of Postgres. */
  REDIS_URL: v.optional(redisUrl),
});

type Environment = v.InferOutput<typeof ENVIRONMENT>;

export interface Config extends Omit<
  Environment,
  | 'BATON_HOME'
  | 'BATON_CAPABILITIES'
  | 'BATON_NODE_TASK_QUEUES'
  | 'BATON_WORKSPACE_SOURCES'
  | 'BATON_GRPC_PORT'
> {
  /** Absolute, as is {@link Config.BATON_AGENTS}. */
  readonly BATON_HOME: string;
  /** null: there is no gRPC. */
  readonly BATON_GRPC_PORT: number | null;
  readonly BATON_CAPABILITIES: readonly string[];
  readonly BATON_NODE_TASK_QUEUES: readonly string[];
  /** Absolute. */
  readonly BATON_WORKSPACE_SOURCES: readonly string[];
}

/** Thrown when an environment variable is not in its form; the message names each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads and checks the environment. Empty values count as unset.
 *
 * @throws ConfigError naming every variable that is wrong.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = v.safeParse(ENVIRONMENT, given);
  if (!parsed.success) {
    const lines = parsed.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
    throw new ConfigError(`environment: ${lines.join('; ')}`);
  }
  return {
    ...parsed.output,
    BATON_HOME: resolve(parsed.output.BATON_HOME),
    ...(parsed.output.BATON_ARCHIVE !== undefined && { BATON_ARCHIVE: resolve(parsed.output.BATON_ARCHIVE) }),
    BATON_GRPC_PORT: grpcPort(parsed.output),
    BATON_AGENTS: resolve(parsed.output.BATON_AGENTS),
    BATON_CAPABILITIES: listOf(parsed.output.BATON_CAPABILITIES, ','),
    BATON_NODE_TASK_QUEUES: listOf(parsed.output.BATON_NODE_TASK_QUEUES, ','),
    BATON_WORKSPACE_SOURCES: listOf(parsed.output.BATON_WORKSPACE_SOURCES, delimiter).map((path) =>
      resolve(path),
    ),
  };
}

function grpcPort({ BATON_GRPC_PORT: given, BATON_PORT: port }: Environment): number | null {
  return given === undefined ? (port === 0 ? 0 : USUAL_GRPC_PORT) : given;
}

function isRedisUrl(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, hostname } = new URL(given);
  return /^rediss?:$/.test(protocol) && hostname !== '';
}

function listOf(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
