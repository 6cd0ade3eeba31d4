/**
 * Every environment name that Baton reads, with its meaning and default. Nothing else reads process.env for settings
 * (vendors' key variables excepted: their SDKs know them).
 */
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { z } from 'zod';
import { parseAllowedHost, type AllowedHost } from './listeners/allowed-host.ts';

const flag = z
  .enum(['0', '1', 'true', 'false', ''])
  .default('0')
  .transform((text) => text === '1' || text === 'true');
const limit = z.coerce.number().int().min(0).max(1_000_000_000);
const port = z.coerce.number().int().min(0).max(65_535);

/** Environment names, their form and default. `docker-compose.yml` is tested against this. */
export const ENVIRONMENT = z.object({
  /** Data directory of the embedded stack. */
  BATON_HOME: z.string().default('.baton'),
  /** Port of the API. `baton up` takes the next free one when it is in use, says so, and writes it to stack.json. */
  BATON_PORT: port.default(4700),
  /** Port of a projector's or worker's own `/metrics` and `/healthz`; 0 = none. */
  BATON_METRICS_PORT: port.default(0),
  /** Address that whatever of Baton listens is bound to. Beyond loopback only with BATON_INSECURE. */
  BATON_HOST: z.string().default('127.0.0.1'),
  /**
   * Comma-separated names beside the loopback ones under which Baton answers: `name` (any port), `name:port`, or the
   * origin behind a proxy that speaks TLS, `https://name`.
   */
  BATON_ALLOWED_HOSTS: z.string().default('').transform(hostsOf),
  /** Listen beyond loopback although nobody who comes from there is asked who he is. */
  BATON_INSECURE: flag,
  /** Where the CLI finds the API; default: from `BATON_HOME/stack.json`. */
  BATON_URL: z.url().optional(),
  BATON_TASK_QUEUE: z.string().min(1).default('baton'),
  /** Comma-separated further task queues (capabilities) that this worker's activities serve. */
  BATON_CAPABILITIES: z.string().default(''),
  /** May steps on this worker run commands? */
  BATON_ALLOW_COMMANDS: flag,
  /** Where the worker runs as root: the user that programs of steps run as; `root` = no other. */
  BATON_COMMAND_USER: z.string().min(1).default('nobody'),
  /** Seconds of processor time that each process of a program may use; 0 = no limit, as for the following. */
  BATON_COMMAND_CPU_SECONDS: limit.default(3_600),
  /** Megabytes of data of each process. */
  BATON_COMMAND_MEMORY_MB: limit.default(4_096),
  /** Processes and threads at once, where programs have a user or a namespace to themselves. */
  BATON_COMMAND_PROCESSES: limit.default(2_048),
  /** Megabytes of each file that is written. */
  BATON_COMMAND_FILE_MB: limit.default(4_096),
  /** May steps on this worker reach loopback, private and link-local addresses? */
  BATON_ALLOW_PRIVATE_NETWORK: flag,
  /** Directory of agent files (`NAME.yaml`), for whatever compiles definitions. */
  BATON_AGENTS: z.string().default('agents'),
  /** Directories of this worker that workspaces may be cloned from, separated as in PATH. */
  BATON_WORKSPACE_SOURCES: z.string().default(''),
  /** Default model, `provider/model`. */
  BATON_MODEL: z.string().optional(),
  /** Script of the `scripted` provider. */
  BATON_SCRIPT: z.string().optional(),
  /** Longest silence within a model's answer, in seconds; before its first byte five times as long. 0 = no limit. */
  BATON_MODEL_IDLE_SECONDS: z.coerce.number().min(0).max(86_400).default(120),
  BATON_COMPATIBLE_BASE_URL: z.url().optional(),
  BATON_COMPATIBLE_API_KEY: z.string().optional(),
  /** Runs that the API keeps in memory for its readers; 0 = none. */
  BATON_CACHE_RUNS: z.coerce.number().int().min(0).max(1_000_000).default(1_000),
  /** Seconds after which the API forgets a run that nobody reads; 0 = keeps none. */
  BATON_CACHE_SECONDS: z.coerce.number().min(0).max(86_400).default(60),
  /** Minutes after the last piece of an answer after which what was streamed of it is forgotten. */
  BATON_STREAM_MINUTES: z.coerce.number().positive().max(1_440).default(30),
  BATON_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Where built tools (the Temporal CLI) are kept for all projects of this user. */
  BATON_CACHE: z.string().default(join(homedir(), '.cache', 'baton')),
  /** Use this Temporal server instead of the embedded one. */
  TEMPORAL_ADDRESS: z.string().optional(),
  /** May a worker reach Temporal through a relay of its own, which notices a server that says nothing any more? */
  BATON_TEMPORAL_RELAY: flag.prefault('1'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  /** Use this database instead of the embedded one. */
  DATABASE_URL: z.string().optional(),
  /** File that `baton up` keeps to hold some room on the disk: while it is missing, the API takes nothing new in. */
  BATON_RESERVE: z.string().optional(),
  /** Longest that Postgres may take for one statement, in seconds; a connection that is silent for longer is given up. */
  BATON_DATABASE_SECONDS: z.coerce.number().min(0.1).max(600).default(5),
  /** Stream answers through this Redis, `redis://` or `rediss://`, instead of Postgres. */
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, hostname: /./, error: 'write redis://HOST:PORT or rediss://…' })
    .optional(),
});

type Environment = z.infer<typeof ENVIRONMENT>;

export interface Config extends Omit<
  Environment,
  'BATON_HOME' | 'BATON_CAPABILITIES' | 'BATON_WORKSPACE_SOURCES'
> {
  /** Absolute, as is {@link Config.BATON_AGENTS}. */
  readonly BATON_HOME: string;
  readonly BATON_CAPABILITIES: readonly string[];
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
  const parsed = ENVIRONMENT.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`environment: ${lines.join('; ')}`);
  }
  return {
    ...parsed.data,
    BATON_HOME: resolve(parsed.data.BATON_HOME),
    BATON_AGENTS: resolve(parsed.data.BATON_AGENTS),
    BATON_CAPABILITIES: listOf(parsed.data.BATON_CAPABILITIES, ','),
    BATON_WORKSPACE_SOURCES: listOf(parsed.data.BATON_WORKSPACE_SOURCES, delimiter).map((path) =>
      resolve(path),
    ),
  };
}

function hostsOf(text: string, context: z.RefinementCtx): readonly AllowedHost[] {
  return listOf(text, ',').flatMap((entry) => {
    const host = parseAllowedHost(entry);
    if (host !== undefined) return host;
    const message = `"${entry}" is no host; write name, name:port or https://name, comma-separated`;
    context.addIssue({ code: 'custom', message });
    return [];
  });
}

function listOf(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
