/** The text of a definition's newest version, to be changed and published as another. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { StepStatistics } from '../../api/generated.ts';
import { Fault, SkeletonRows } from '../../parts/states.tsx';
import { stepWordsOf } from '../figures.ts';
import { statisticsQuery, versionQuery } from '../queries.ts';
import { DraftEditor } from './draft-editor.tsx';

interface EditViewProps {
  readonly name: string;
  readonly newest: string;
}

export default function EditView({ name, newest }: EditViewProps) {
  const { data: statistics } = useQuery(statisticsQuery(name, undefined));
  const notes = useMemo(() => notesOn(statistics?.steps ?? []), [statistics?.steps]);
  const { data, error, refetch } = useQuery(versionQuery(name, newest));
  if (data === undefined)
    return error === null ? <SkeletonRows /> : <Fault error={error} retry={() => void refetch()} />;
  return (
    <DraftEditor
      key={newest}
      draftName={name}
      source={data.source}
      format={data.format}
      notes={notes}
      from={newest}
      heading={<span className="font-mono text-xs text-quiet">from {newest}</span>}
      onPublished={() => undefined}
    />
  );
}

/** A change is seen beside what it changes: how long a step takes, and how often it fails. */
function notesOn(steps: readonly StepStatistics[]): ReadonlyMap<string, string> {
  return new Map(
    steps.flatMap((step) => {
      const words = stepWordsOf(step);
      return words === undefined ? [] : [[step.key, words] as const];
    }),
  );
}
