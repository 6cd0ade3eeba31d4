/** Comes. */
import { useRun } from '../run-context.tsx';

export default function CheckpointsView() {
  const { run } = useRun();
  return <p className="p-4">{run.id}</p>;
}
