/** What workflows, steps and inputs may be called. */
import { ROOTS } from '../../expressions/index.ts';
import { faultOfKey } from '../../plan/address.ts';

const PROTOTYPE_NAMES: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
]);
/** Words with a meaning in expressions. */
const RESERVED_KEYS: ReadonlySet<string> = new Set([...ROOTS, 'true', 'false', 'null', 'in']);

const WORKFLOW_NAME = /^[A-Za-z][A-Za-z0-9._-]{0,99}$/;

/** A name that can be written without brackets in an expression. */
export const isPlainName = (name: string): boolean =>
  /^[A-Za-z_]\w*$/.test(name) && !['true', 'false', 'null', 'in'].includes(name);

/** Why `name` cannot be the name of a workflow, or null. */
export function faultOfWorkflowName(name: string): string | null {
  if (name.startsWith('__temporal_')) return 'begins with "__temporal_", which belongs to Temporal';
  if (PROTOTYPE_NAMES.has(name)) return 'is a name of JavaScript objects';
  return WORKFLOW_NAME.test(name)
    ? null
    : 'must begin with a letter and hold only letters, digits, ".", "_" and "-" (at most 100)';
}

/** Why `key` cannot be the key of a step, or null. */
export function faultOfStepKey(key: string): string | null {
  if (key.startsWith('__temporal_')) return 'begins with "__temporal_", which belongs to Temporal';
  if (PROTOTYPE_NAMES.has(key)) return 'is a name of JavaScript objects';
  if (RESERVED_KEYS.has(key)) return 'has a meaning of its own in expressions';
  return faultOfKey(key);
}

/** Why `name` cannot be the name of an input, or null. */
export function faultOfInputName(name: string): string | null {
  return PROTOTYPE_NAMES.has(name) ? 'is a name of JavaScript objects' : faultOfKey(name);
}

/** The name as it could be: with "-" for what cannot stand in names. */
export function nameHint(name: string, otherwise: string): string {
  const better = name
    .trim()
    .replaceAll(/[^A-Za-z0-9_]+/g, '-')
    .replaceAll(/^[-\d]+|-+$/g, '');
  return better !== name && faultOfKey(better) === null && !RESERVED_KEYS.has(better)
    ? `Write for example ${better}.`
    : otherwise;
}
