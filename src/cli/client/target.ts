/** Where the CLI finds things: the API as `contexts/choose-target.ts` says, all else by the environment and the running stack. */
import { ConfigError, readConfig, type Config } from '../../config.ts';
import { readStackInfo } from '../../stack/home/stack-file.ts';
import { ApiClient } from './api-client.ts';
import { traceHeaders } from './trace-headers.ts';
import type { ToldRun } from './told-run.ts';
import { chooseTarget, plainHeaders, type Target } from '../contexts/choose-target.ts';
import { readContexts } from '../contexts/context-file.ts';
import { namedContext } from '../contexts/named-context.ts';
import { CliError, EXIT } from '../exit.ts';
import { currentWay } from '../requests/way.ts';
import { note } from '../terminal/output.ts';

/** The checked environment. @throws CliError naming each variable that is wrong. */
export function cliConfig(): Config {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError)
      throw new CliError(EXIT.usage, error.message, { code: 'invalid_environment' });
    throw error;
  }
}

export function apiClient(): ApiClient {
  const { url, headers } = apiTarget();
  const way = currentWay();
  return new ApiClient(url, onceTold(), {
    headers: { ...traceHeaders(cliConfig().TRACEPARENT), ...plainHeaders(headers) },
    ...(way !== undefined && { fetch: (address, init) => way(address, init, headers) }),
  });
}

/** Which installation commands work with, and why. @throws CliError */
export function apiTarget(config: Config = cliConfig()): Target {
  return chooseTarget({
    named: namedContext(),
    config,
    contexts: readContexts(),
    stack: readStackInfo(config.BATON_HOME),
    environment: process.env,
  });
}

/** A run's newest execution in Temporal's Web UI: BATON_TEMPORAL_UI, else that of the running stack; null: unknown. */
export function temporalUrl({ execution }: Pick<ToldRun, 'execution'>): string | null {
  const config = cliConfig();
  const running = readStackInfo(config.BATON_HOME);
  // Another API's runs are in another Temporal.
  const own = apiTarget(config).url === running?.api ? running : undefined;
  const ui = config.BATON_TEMPORAL_UI ?? own?.temporal_ui ?? null;
  if (ui === null) return null;
  const namespace = own?.temporal_namespace ?? config.TEMPORAL_NAMESPACE;
  const { workflow_id: id, run_id: runId } = execution;
  return `${ui.replace(/\/+$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(id)}/${runId}/history`;
}

/** DATABASE_URL, else that of the running stack. @throws CliError `stack_not_running` */
export function databaseUrl(): string {
  const config = cliConfig();
  const url = config.DATABASE_URL ?? readStackInfo(config.BATON_HOME)?.database_url;
  if (url !== undefined) return url;
  throw notRunning(config, 'DATABASE_URL');
}

/** The environment's settings, completed by what the running stack says. For commands that go past the API. */
export function connectedConfig(): Config & {
  readonly DATABASE_URL: string;
  readonly TEMPORAL_ADDRESS: string;
} {
  const config = cliConfig();
  const running = readStackInfo(config.BATON_HOME);
  const databaseUrl = config.DATABASE_URL ?? running?.database_url;
  const temporal = config.TEMPORAL_ADDRESS ?? running?.temporal_address;
  if (databaseUrl === undefined || temporal === undefined) {
    throw notRunning(config, 'DATABASE_URL and TEMPORAL_ADDRESS');
  }
  return {
    ...config,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporal,
    TEMPORAL_NAMESPACE: running?.temporal_namespace ?? config.TEMPORAL_NAMESPACE,
  };
}

function notRunning({ BATON_HOME }: Config, names: string): CliError {
  const message = `no stack runs in ${BATON_HOME}. Start it with \`baton up -d\`, or set ${names}.`;
  return new CliError(EXIT.unreachable, message, { code: 'stack_not_running' });
}

/** People wonder why nothing happens: they are told once. */
function onceTold(): (problem: string) => void {
  let isTold = false;
  return (problem) => {
    if (!isTold) note(`the API asks for patience (${problem}); trying again for up to a minute`);
    isTold = true;
  };
}
