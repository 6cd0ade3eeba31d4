/**
 * Once per test run: Postgres with a migrated template database, Temporal, and the workflow bundle. Everything goes
 * away again, also when the setup fails or Ctrl-C ends the run.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/database/migrate.ts';
import { createLogger } from '../../src/log/log.ts';
import { BUNDLE_FILE, bundleWorkflows } from '../../src/worker/bundle.ts';
import { newerThanBuilt } from './built-program.ts';
import { CONTINUES_EARLY, startServers } from './servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Server URL; its database is for administration only, tests take `freshDatabase()`. */
    databaseUrl: string;
    /** Name of the migrated database that `freshDatabase()` copies. */
    templateDatabase: string;
    temporalAddress: string;
    temporalCli: string;
    /** Code of the workflow bundle. */
    workflowBundle: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers = await startServers(CONTINUES_EARLY);
  try {
    const [templateDatabase, workflowBundle] = await Promise.all([
      makeTemplate(servers.databaseUrl),
      bundle(),
    ]);
    project.provide('databaseUrl', servers.databaseUrl);
    project.provide('templateDatabase', templateDatabase);
    project.provide('temporalAddress', servers.temporalAddress);
    project.provide('temporalCli', servers.temporalCli);
    project.provide('workflowBundle', workflowBundle);
    return async () => {
      await dropDatabase(servers.databaseUrl, templateDatabase);
      await servers.stop();
    };
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

async function makeTemplate(serverUrl: string): Promise<string> {
  const name = `baton_template_${randomUUID().slice(0, 8)}`;
  await onServer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href, createLogger('test', 'warn'));
  return name;
}

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await onServer(serverUrl, `drop database if exists ${name} with (force)`);
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The build's, unless the sources have changed since. */
async function bundle(): Promise<string> {
  return newerThanBuilt() === undefined ? readFile(BUNDLE_FILE, 'utf8') : bundleWorkflows();
}
