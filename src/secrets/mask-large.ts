/** Masks values of any size without holding up the process: the largest take seconds, so others get their turn between. */
import { setImmediate } from 'node:timers/promises';
import type { Json } from '../plan/json.ts';
import { maskJson, type Masking } from './masking.ts';

/** Characters between two turns of others: some ten milliseconds. */
const PIECE = 256 * 1024;

/** The value with every text masked, as {@link maskJson} does it. */
export async function maskLargeJson(value: Json, masking: Masking): Promise<Json> {
  const work = inPieces(value, masking);
  for (let spent = 0; ;) {
    const step = work.next();
    if (step.done === true) return step.value;
    spent += step.value;
    if (spent < PIECE) continue;
    await setImmediate();
    spent = 0;
  }
}

/** Yields how much was done since. */
function* inPieces(value: Json, masking: Masking): Generator<number, Json> {
  if (typeof value === 'string' && value.length > PIECE) return yield* longText(value, masking);
  if (typeof value !== 'object' || value === null) {
    yield typeof value === 'string' ? value.length : 1;
    return maskJson(value, masking.mask);
  }
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value as readonly Json[]) items.push(yield* inPieces(item, masking));
    return items;
  }
  const members: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    members.push([masking.mask(key), yield* inPieces(item, masking)]);
  }
  return Object.fromEntries(members);
}

function* longText(text: string, { mask, settle }: Masking): Generator<number, string> {
  const pieces: string[] = [];
  let size = PIECE;
  for (let at = 0; at < text.length;) {
    const piece = text.slice(at, at + size);
    const isLast = at + size >= text.length;
    const { masked, length } = isLast ? { masked: mask(piece), length: piece.length } : settle(piece);
    yield piece.length;
    // A secret longer than a piece: more must be seen at once.
    size = length === 0 ? size * 2 : PIECE;
    pieces.push(masked);
    at += length;
  }
  return pieces.join('');
}
