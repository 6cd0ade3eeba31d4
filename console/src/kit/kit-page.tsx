/** Comes. */
import { useTitle } from '../app/attention.ts';

export function KitPage() {
  useTitle('Kit');
  return <h1 className="p-4 text-xl font-semibold">Kit</h1>;
}
