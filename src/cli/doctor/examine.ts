/** Everything that `baton doctor` looks at, in the order in which it is told. Nothing is changed. */
import type { Config } from '../../config.ts';
import type { StackInfo } from '../../stack/home/stack-file.ts';
import { checkBinds, checkTrusted } from './check-border.ts';
import { checkCommands } from './check-commands.ts';
import { checkDoor } from './check-doors.ts';
import { checkHome } from './check-home.ts';
import { skipped, type Finding } from './finding.ts';

/** @param running the stack of this home, when one runs: what it says goes where the environment says nothing. */
export async function examine(config: Config, running: StackInfo | undefined): Promise<Finding[]> {
  const database = config.DATABASE_URL ?? running?.database_url;
  const temporal = config.TEMPORAL_ADDRESS ?? running?.temporal_address;
  const [borders, doors, servers] = await Promise.all([
    Promise.all([
      border('postgres_border', database === undefined ? undefined : placeOf(database)),
      border('temporal_border', temporal),
    ]),
    Promise.all([
      checkDoor('api_door', running === undefined ? config.BATON_URL : `${running.api}/health/live`),
      checkDoor('metrics_door', running?.projector_metrics),
      ...Object.values(running?.worker_metrics ?? {}).map((url) => checkDoor('worker_metrics_door', url)),
      checkDoor('temporal_ui_door', running?.temporal_ui),
    ]),
    services(config, database, temporal),
  ]);
  const here = [...checkHome(config.BATON_HOME), ...checkBinds(config)];
  return [...here, ...borders, ...doors, ...servers, await checkCommands(config)];
}

async function border(check: string, place: string | undefined): Promise<Finding> {
  return place === undefined ? skipped(check, 'does not run') : checkTrusted(check, place);
}

async function services(
  config: Config,
  database: string | undefined,
  temporal: string | undefined,
): Promise<Finding[]> {
  // Temporal's SDK is loaded when it is needed.
  const { checkPostgres, checkTemporal } = await import('./check-services.ts');
  const target = { address: temporal ?? '', namespace: config.TEMPORAL_NAMESPACE };
  const found = await Promise.all([
    database === undefined ? away('postgres') : checkPostgres(database, config),
    temporal === undefined ? away('temporal') : checkTemporal(target, config.BATON_TASK_QUEUE),
  ]);
  return found.flat();
}

const away = async (check: string): Promise<Finding[]> => [skipped(check, 'does not run')];

/** `host:port` of a database URL. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? 5432 : port}`;
}
