/** Comes. */
import { useTitle } from '../app/attention.ts';

export function DefinitionsPage() {
  useTitle('Definitions');
  return <h1 className="p-4 text-xl font-semibold">Definitions</h1>;
}
