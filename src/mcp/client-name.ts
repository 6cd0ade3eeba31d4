/** What a client calls itself, in a form that can be stored and shown: the record tells by it who acted. */
const LONGEST = 100;
const UNNAMED = 'mcp';

export function clientName(told = ''): string {
  const plain = told.slice(0, LONGEST).replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '');
  return plain.trim() || UNNAMED;
}
