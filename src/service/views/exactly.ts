/** Holds what a view makes of a row to the contract, both ways. */

/** A member that `T` does not know is a type error, as one that is missing: rows must not leak out by a spread. */
export const exactly =
  <T>() =>
  <V extends T>(value: V & Readonly<Record<Exclude<keyof V, keyof T>, never>>): T =>
    value;
