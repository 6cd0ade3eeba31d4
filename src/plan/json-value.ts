/** What JSON values are. Everything that crosses a process border is one of these. */

/** Any JSON value. */
export type Json =
  | null
  | boolean
  | number
  /** A whole number beyond what numbers keep; see exact-json.ts. */
  | bigint
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** A place inside a JSON value: member names and list positions, outermost first. */
export type Path = readonly (string | number)[];
