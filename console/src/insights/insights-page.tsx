/** Comes. */
import { useTitle } from '../app/attention.ts';

export function InsightsPage() {
  useTitle('Insights');
  return <h1 className="p-4 text-xl font-semibold">Insights</h1>;
}
