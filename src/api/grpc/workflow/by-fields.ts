/** Errors whose details say fields of a message where they said places of HTTP. */
import { BatonError } from '../../../errors/errors.ts';
import type { FieldOf } from './method.ts';

/** The same error otherwise; what is no error of ours stays what it is. */
export function byFields(thrown: unknown, fieldOf: FieldOf): unknown {
  if (!(thrown instanceof BatonError)) return thrown;
  const details = thrown.details.map(({ path, ...detail }) => ({
    ...detail,
    ...(path !== undefined && { path: fieldOf(path) }),
  }));
  return Object.create(thrown, { details: { value: details } }) as BatonError;
}
