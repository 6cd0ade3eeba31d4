/** Definitions in the menu of Ctrl-K, by what was typed: to look at one, and to start it. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { namesQuery } from './queries.ts';

interface FoundProps {
  readonly text: string;
  readonly className: string;
  readonly onClose: () => void;
}

export function FoundDefinitions({ text, className, onClose }: FoundProps) {
  const navigate = useNavigate();
  // Who types "start rel" means the one that is called so.
  const name = text.replace(/^start\s+/i, '');
  const { data: definitions = [] } = useQuery({ ...namesQuery(name, 6), enabled: name.length > 1 });
  if (definitions.length === 0) return null;
  const go = (act: () => Promise<void>) => () => {
    onClose();
    void act();
  };
  return (
    <Command.Group heading="Definitions">
      {definitions.map(({ name, title }) => (
        <Command.Item
          key={name}
          value={`definition ${name} ${title ?? ''}`}
          className={className}
          onSelect={go(() => navigate({ to: '/definitions/$name', params: { name } }))}
        >
          <span className="flex-1">{name}</span>
          <span className="truncate text-xs text-quiet">{title}</span>
        </Command.Item>
      ))}
      {definitions.map(({ name, title }) => (
        <Command.Item
          key={`start ${name}`}
          value={`start ${name} ${title ?? ''}`}
          className={className}
          onSelect={go(() =>
            navigate({ to: '/definitions/$name', params: { name }, search: { start: 'yes' } }),
          )}
        >
          Start {name}
        </Command.Item>
      ))}
    </Command.Group>
  );
}
