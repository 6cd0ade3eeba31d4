/**
 * The keys that secrets are sealed with: those of the environment and, for the Postgres of this home, the one in its file,
 * which is made for it. No other database is sealed by that file: whoever shares it could not read what it holds.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { writeFileAtomically } from '../home/files.ts';
import { isOwnPostgres } from './own-servers.ts';

type KeyConfig = Pick<Config, 'BATON_HOME' | 'BATON_SEALING_KEY'>;

const fileOf = (home: string): string => join(home, 'sealing-key');

/** The first seals; none: secrets stay as they are. */
export function sealingKeys(config: KeyConfig, databaseUrl: string): readonly string[] {
  const { BATON_HOME: home, BATON_SEALING_KEY: given } = config;
  const file = fileOf(home);
  if (!isOwnPostgres(home, databaseUrl) || !existsSync(file)) return given;
  return [...new Set([...given, readFileSync(file, 'utf8').trim()])];
}

/** The same, once there is one for the Postgres of this home; for whoever has the home to itself. */
export function ensureSealingKeys(config: KeyConfig, databaseUrl: string): readonly string[] {
  const keys = sealingKeys(config, databaseUrl);
  if (keys.length > 0 || !isOwnPostgres(config.BATON_HOME, databaseUrl)) return keys;
  writeFileAtomically(fileOf(config.BATON_HOME), `${randomBytes(32).toString('hex')}\n`);
  return sealingKeys(config, databaseUrl);
}
