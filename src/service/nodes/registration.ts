/** What a node may say of itself. */
import type { ErrorDetail } from '../../errors/errors.ts';
import { LEASE_MS, LEASES_MS } from '../../nodes/node.ts';
import type { Registration } from '../../nodes/queries/gate.ts';

export { LEASE_MS, LEASES_MS, type Registration };

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const CAPABILITY = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/;
const MOST_SLOTS = 1_000;
const MOST_OF_EACH = 100;
const MOST_LABEL = 255;

/** Everything that does not hold, each with its field; empty: it can be registered. */
export function faultsOf(who: Registration): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  const fault = (path: string, message: string) => faults.push({ path, code: 'invalid_value', message });
  if (!NAME.test(who.node)) fault('node', 'must be 1 to 100 letters, digits, ".", "_" or "-"');
  if (who.instance === '' || who.instance.length > 100) fault('instance', 'must be 1 to 100 characters');
  if (who.slots < 1 || who.slots > MOST_SLOTS) fault('slots', `must be 1 to ${MOST_SLOTS}`);
  const { least, most } = LEASES_MS;
  if (who.leaseMs < least || who.leaseMs > most) fault('lease_ms', `must be ${least} to ${most}`);
  if (who.capabilities.length > MOST_OF_EACH) fault('capabilities', `at most ${MOST_OF_EACH}`);
  const labels = Object.entries(who.labels);
  if (labels.length > MOST_OF_EACH) fault('labels', `at most ${MOST_OF_EACH}`);
  for (const [at, name] of who.capabilities.entries())
    if (!CAPABILITY.test(name))
      fault(`capabilities[${at}]`, 'must be 1 to 100 letters, digits, ".", "_", "/" or "-"');
  for (const [name, value] of labels) {
    if (!CAPABILITY.test(name)) fault(`labels.${name.slice(0, 100)}`, 'is no name of a label');
    else if (value.length > MOST_LABEL) fault(`labels.${name}`, `has more than ${MOST_LABEL} characters`);
  }
  if ((who.version?.length ?? 0) > 100) fault('version', 'has more than 100 characters');
  return faults;
}
