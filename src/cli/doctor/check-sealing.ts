/** Are secrets of webhooks sealed in Postgres, and by a key that is at hand? */
import type pg from 'pg';
import { countSealed, type SealedBy } from '../../webhooks/queries/sealed.ts';
import { counted } from '../terminal/style.ts';
import { ok, problem, skipped, warning, type Finding } from './finding.ts';

const CHECK = 'webhook_secrets';

/** @param keys names of the keys that the environment here has, the one that seals first */
export async function checkSealing(client: pg.Client, keys: readonly string[]): Promise<Finding> {
  const { rows: tables } = await client.query<{ name: string | null }>(
    `select to_regclass('webhooks')::text as name`,
  );
  if (typeof tables[0]?.name !== 'string') return skipped(CHECK, 'the tables are of an older version');
  const { rows } = await client.query<SealedBy>(countSealed);
  return sealingFinding(rows, keys);
}

/** Pure. */
export function sealingFinding(rows: readonly SealedBy[], keys: readonly string[]): Finding {
  const [first] = keys;
  const plain = rows.find(({ key }) => key === null)?.webhooks ?? 0;
  const names = rows.flatMap(({ key }) => key ?? []);
  const missing = names.filter((key) => !keys.includes(key));
  if (first !== undefined && missing.length > 0) {
    const says = `secrets of webhooks are sealed by the key ${missing.join(', ')}, which is not here`;
    return problem(CHECK, says, 'add it to BATON_SEALING_KEY of API and projectors, after the present one');
  }
  if (plain > 0) {
    const says = `secrets of ${counted(plain, 'webhook')} stand in Postgres as they are`;
    const remedy = 'set BATON_SEALING_KEY for API and projectors, then `baton migrate` (docs/webhooks.md)';
    return warning(CHECK, says, first === undefined ? remedy : '`baton migrate` seals them');
  }
  if (names.some((key) => first !== undefined && key !== first))
    return warning(CHECK, 'some are sealed by a former key', '`baton migrate` seals them by the present one');
  if (names.length > 0) return ok(CHECK, `are sealed in Postgres by the key ${names.join(', ')}`);
  if (first === undefined)
    return skipped(CHECK, 'there are none, and no BATON_SEALING_KEY here to seal them with');
  return ok(CHECK, `there are none; the key ${first} would seal them`);
}
