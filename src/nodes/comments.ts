/** What nodes say for the thread: short, and not much of it. */
import { storableText } from '../plan/storable.ts';

const MOST = 50;
const MOST_CHARACTERS = 2_000;

export function boundedComments(comments: readonly string[]): readonly string[] {
  return comments
    .map((text) => storableText(text.trim()).slice(0, MOST_CHARACTERS))
    .filter((text) => text !== '')
    .slice(0, MOST);
}
