/** Comes. */
import { useTitle } from '../app/attention.ts';

export function DefinitionPage() {
  useTitle('Definition');
  return <h1 className="p-4 text-xl font-semibold">Definition</h1>;
}
