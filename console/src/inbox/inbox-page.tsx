/** Comes. */
import { useTitle } from '../app/attention.ts';

export function InboxPage() {
  useTitle('Inbox');
  return <h1 className="p-4 text-xl font-semibold">Inbox</h1>;
}
