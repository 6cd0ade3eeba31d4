/** JSON Schemas of answers, as far as it takes to ask a person for one. */
import type { Json } from '../../plan/json.ts';

/** A type and no interface, so that it is JSON too. */
export type Form = {
  readonly type?: Json;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly default?: Json;
  readonly items?: Form;
  readonly properties?: Readonly<Record<string, Form>>;
  readonly required?: readonly string[];
};
