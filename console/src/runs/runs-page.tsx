/** Comes. */
import { useTitle } from '../app/attention.ts';

export function RunsPage() {
  useTitle('Runs');
  return <h1 className="p-4 text-xl font-semibold">Runs</h1>;
}
