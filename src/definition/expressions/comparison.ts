/** Finds comparisons that come out the same each time: with a value that what is compared can never have. */
import { jsonEqual } from '../../plan/canonical.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { fitsType, inputTypeOf } from '../../plan/inputs.ts';
import type { InputSpec } from '../../plan/plan.ts';
import { SETTLED_STEP_STATUSES } from '../../protocol/status.ts';
import type { Fault } from './expression-place.ts';
import { closest } from '../hints/suggest.ts';

/** What is known of the values of something that is compared. */
export type Compared =
  | { readonly what: 'status'; readonly text: string }
  | { readonly what: 'input'; readonly text: string; readonly spec: InputSpec };

/** A value that stands in an expression. */
export type Literal = string | number | boolean | null;

const STATUSES: readonly string[] = SETTLED_STEP_STATUSES;
/** What is called so elsewhere. */
const STATUS_MEANT: Readonly<Record<string, string>> = {
  ...{
    success: 'completed',
    succeeded: 'completed',
    complete: 'completed',
    ok: 'completed',
    done: 'completed',
  },
  ...{ finished: 'completed', passed: 'completed', error: 'failed', failure: 'failed', errored: 'failed' },
  ...{ skip: 'skipped', canceled: 'cancelled', aborted: 'cancelled' },
};

/** The fault of `compared == literal`, or of `!=`; null when it may be either. */
export function comparisonFault(compared: Compared, literal: Literal, operator: string): Fault | null {
  if (literal === null) return null;
  const always = `This comparison is always ${operator === '==' ? 'false' : 'true'}`;
  const { text } = compared;
  if (compared.what === 'status') {
    if (typeof literal === 'string' && STATUSES.includes(literal)) return null;
    const message = `${always}: ${text} is one of ${STATUSES.join(', ')}.`;
    return { code: 'comparison_constant', message, hint: () => statusHint(String(literal)) };
  }
  const { type, enum: allowed } = compared.spec;
  if (!comparable(type, literal)) {
    const message = `${always}: ${text} is of type ${type}, and ${writeJson(literal)} of type ${inputTypeOf(literal)}.`;
    return { code: 'comparison_constant', message, hint: typeHint(type, literal, text, operator) };
  }
  if (allowed === undefined || allowed.some((one) => jsonEqual(one, literal))) return null;
  const values = allowed.map((one) => writeJson(one)).join(', ');
  const near = (): string | undefined => {
    const meant = closest(
      String(literal),
      allowed.filter((one) => typeof one === 'string'),
    );
    return meant === undefined ? undefined : `Did you mean ${writeJson(meant)}?`;
  };
  return { code: 'comparison_constant', message: `${always}: ${text} is one of ${values}.`, hint: near };
}

function comparable(type: InputSpec['type'], literal: Literal): boolean {
  if (type === 'integer' || type === 'number') return typeof literal === 'number';
  return fitsType(type, literal);
}

function statusHint(literal: string): string | undefined {
  const word = literal.toLowerCase();
  const meant = STATUSES.includes(word)
    ? word
    : Object.hasOwn(STATUS_MEANT, word)
      ? STATUS_MEANT[word]
      : closest(word, STATUSES);
  return meant === undefined ? undefined : `Did you mean "${meant}"?`;
}

function typeHint(type: InputSpec['type'], literal: Literal, text: string, operator: string): string {
  const unquoted = typeof literal === 'string' && /^(?:true|false|-?\d+(?:\.\d+)?)$/.test(literal);
  if (unquoted && type !== 'string') return `Write ${text} ${operator} ${literal}`;
  if (type === 'string') return `Write ${text} ${operator} "${String(literal)}"`;
  return `Compare it with a value of type ${type}.`;
}
