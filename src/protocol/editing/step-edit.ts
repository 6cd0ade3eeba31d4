/** Single edits of a definition's steps, as people and programs say them. */
import type { Json } from '../../plan/json.ts';

/** A step, or some of its members, as a definition writes them. */
type StepText = Readonly<Record<string, Json>>;

export type StepEdit =
  | {
      readonly op: 'INSERT';
      readonly step: StepText;
      /** Steps that it waits for. */
      readonly after?: string | readonly string[] | undefined;
      /** Steps that wait for it. */
      readonly before?: string | readonly string[] | undefined;
      /**
       * Those of `before` wait no longer for those of `after`; without `before`, all that waited for `after` wait for the new
       * step instead.
       */
      readonly rewire?: boolean | undefined;
    }
  /** The key, and the members that change; null takes one away. */
  | { readonly op: 'UPDATE'; readonly step: StepText }
  | {
      readonly op: 'DELETE';
      readonly step: string;
      /** What waited for it waits for what it waited for. */
      readonly rewire?: boolean | undefined;
    };
