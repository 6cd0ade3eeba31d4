/** What a command gets of the worker's environment: keys and secrets stay out. */

const INHERITED = ['PATH', 'HOME', 'LANG'];

/** Of the worker's own variables. */
export function inheritedEnvironment(worker: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => (worker[name] ? [[name, worker[name]] as const] : [])),
  );
}

/** The environment of a command, with the key of the effect. */
export function commandEnvironment(
  worker: NodeJS.ProcessEnv,
  idempotencyKey: string,
): Record<string, string> {
  return { ...inheritedEnvironment(worker), BATON_IDEMPOTENCY_KEY: idempotencyKey };
}
