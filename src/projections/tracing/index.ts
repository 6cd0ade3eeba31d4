/** The projector's part in tracing: whether spans are made, and that they are sent. */
import type { Config } from '../../config.ts';
import { closeDatabase, openDatabase } from '../../database/database.ts';
import type { Logger } from '../../log/log.ts';
import { otlpSettings } from '../../tracing/otlp-settings.ts';

interface Tracing {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Until it is stopped; at once where nobody wants spans. On a connection of its own. Never throws. */
export async function exportSpans({ config, databaseUrl, log, signal }: Tracing): Promise<void> {
  const settings = otlpSettings(config);
  if ('wrong' in settings) log.error({ reason: settings.wrong }, 'no spans are exported');
  if (!('url' in settings)) return;
  const seconds = config.BATON_DATABASE_SECONDS;
  const database = openDatabase(databaseUrl, { log, name: 'traces', max: 1, seconds });
  try {
    // OpenTelemetry's packages are loaded by whoever needs them.
    const [{ otlpWriter }, { SpanExport }] = await Promise.all([
      import('./export/otlp-request.ts'),
      import('./export/export-spans.ts'),
    ]);
    log.info({ to: new URL(settings.url).origin }, 'spans are exported');
    const backlog = config.BATON_TRACE_BACKLOG;
    await new SpanExport({
      ...{ database, settings, writer: otlpWriter(settings), backlog, log, signal },
    }).run();
  } finally {
    await closeDatabase(database);
  }
}
