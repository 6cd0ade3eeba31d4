/** What a command gets of the worker's environment: keys and secrets stay out. */

const INHERITED = ['PATH', 'HOME', 'LANG'];

/** The environment of a command, with the key of the effect. */
export function commandEnvironment(
  worker: NodeJS.ProcessEnv,
  idempotencyKey: string,
): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => (worker[name] ? [[name, worker[name]] as const] : []));
  return { ...Object.fromEntries(inherited), BATON_IDEMPOTENCY_KEY: idempotencyKey };
}
