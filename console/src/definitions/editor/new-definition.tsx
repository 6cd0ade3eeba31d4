/** A definition that begins with a template: an example, or one that has just begun. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Suspense } from 'react';
import { lazyPart } from '../../api/part.ts';
import { useTitle } from '../../app/attention.ts';
import { Choice } from '../../parts/field.tsx';
import { SkeletonRows } from '../../parts/states.tsx';
import { EXAMPLES, templateText } from '../list/examples.ts';

const DraftEditor = lazyPart(async () => ({ default: (await import('./draft-editor.tsx')).DraftEditor }));

export function NewDefinition({ template }: { readonly template: string }) {
  const navigate = useNavigate();
  useTitle('New definition');
  const { data: source } = useQuery({
    queryKey: ['template', template],
    staleTime: Infinity,
    queryFn: () => templateText(template),
  });
  return (
    <>
      <header className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-3">
        <h1 className="text-lg font-semibold">New definition</h1>
        <label className="flex items-center gap-2 text-sm text-quiet">
          Begin with
          <Choice
            className="w-auto"
            value={template}
            onChange={({ target }) =>
              void navigate({ to: '/definitions', search: { new: target.value }, replace: true })
            }
          >
            <option value="blank">two steps</option>
            {EXAMPLES.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </Choice>
        </label>
      </header>
      {source === undefined ? (
        <SkeletonRows />
      ) : (
        <Suspense fallback={<SkeletonRows />}>
          <DraftEditor
            key={template}
            draftName={`new ${template}`}
            source={source}
            format="yaml"
            isNew
            onPublished={({ workflow }) =>
              void navigate({ to: '/definitions/$name', params: { name: workflow } })
            }
          />
        </Suspense>
      )}
    </>
  );
}
