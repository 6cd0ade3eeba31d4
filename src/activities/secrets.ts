/** The worker's secrets: `secrets.NAME` in a template is the environment's `BATON_SECRET_NAME`. */
import { knownSecrets, templateSecrets } from '../secrets/known-secrets.ts';
import { maskingFor, type Masking } from '../secrets/masking.ts';

export interface Secrets extends Masking {
  /** By name without the prefix. */
  readonly values: Readonly<Record<string, string>>;
}

/** Takes the secrets from an environment, once per process; the mask knows the vendors' keys and logins too. */
export function readSecrets(env: NodeJS.ProcessEnv): Secrets {
  return { values: templateSecrets(env), ...maskingFor(knownSecrets(env)) };
}
