/** Names in a row, the first of many. */

/** @param most so many are told @param none what is said of nothing */
export function listed(names: readonly string[], most: number, none = 'nothing'): string {
  if (names.length === 0) return none;
  return names.length > most
    ? `${names.slice(0, most).join(', ')} and ${names.length - most} more`
    : names.join(', ');
}
