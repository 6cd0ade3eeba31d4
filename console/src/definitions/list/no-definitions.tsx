/** Where nothing is published: examples that are published with one click, and a text of one's own. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Empty, faultWords } from '../../parts/states.tsx';
import { tell } from '../../parts/toasts.tsx';
import { publish } from '../publish.ts';
import { EXAMPLES, templateText, type Example } from './examples.ts';

export function NoDefinitions() {
  const navigate = useNavigate();
  return (
    <div className="overflow-auto">
      <Empty
        title="Nothing is published"
        actions={
          <Button
            kind="primary"
            onClick={() => void navigate({ to: '/definitions', search: { new: 'blank' } })}
          >
            Write a definition
          </Button>
        }
      >
        A definition names steps and says what waits for what. Publish one of these to see how it looks, or
        write your own.
      </Empty>
      <ul className="mx-auto grid max-w-4xl grid-cols-2 gap-3 px-4 pb-8 narrow:grid-cols-1">
        {EXAMPLES.map((example) => (
          <ExampleCard key={example.name} {...example} />
        ))}
      </ul>
    </div>
  );
}

function ExampleCard({ name, title, says }: Example) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const publishIt = async () => {
    setBusy(true);
    try {
      const { workflow, version } = await publish(await templateText(name), 'yaml');
      tell('done', `${workflow} ${version} is published`);
      await queries.invalidateQueries({ queryKey: ['definitions'] });
      await navigate({ to: '/definitions/$name', params: { name: workflow } });
    } catch (error) {
      tell('fault', `${title} could not be published`, faultWords(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-line bg-raised p-4">
      <h3 className="font-medium">{title}</h3>
      <p className="flex-1 text-sm text-quiet">{says}</p>
      <div className="flex gap-2">
        <Button
          size="small"
          why={busy ? 'It is being published.' : undefined}
          onClick={() => void publishIt()}
        >
          Publish {title}
        </Button>
        <Button
          size="small"
          kind="quiet"
          onClick={() => void navigate({ to: '/definitions', search: { new: name } })}
        >
          Look at it first
        </Button>
      </div>
    </li>
  );
}
