/** The text of a definition's newest version, to be changed and published as another. */
import { useQuery } from '@tanstack/react-query';
import { Fault, SkeletonRows } from '../../parts/states.tsx';
import { versionQuery } from '../queries.ts';
import { DraftEditor } from './draft-editor.tsx';

interface EditViewProps {
  readonly name: string;
  readonly newest: string;
}

export default function EditView({ name, newest }: EditViewProps) {
  const { data, error, refetch } = useQuery(versionQuery(name, newest));
  if (data === undefined)
    return error === null ? <SkeletonRows /> : <Fault error={error} retry={() => void refetch()} />;
  const { source, format } = data;
  return (
    <DraftEditor
      key={newest}
      draftName={name}
      source={source}
      format={format}
      from={newest}
      heading={<span className="font-mono text-xs text-quiet">from {newest}</span>}
      onPublished={() => undefined}
    />
  );
}
