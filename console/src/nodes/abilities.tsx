/** What a node can do and what it is labelled with. */
import type { Node } from '../api/generated.ts';
import { Chip } from '../parts/chip.tsx';

export function Abilities({ node: { capabilities, labels } }: { readonly node: Node }) {
  const names = Object.entries(labels);
  if (capabilities.length + names.length === 0)
    return <p className="text-xs text-quiet">It has said no capability and no label.</p>;
  return (
    <ul aria-label="Capabilities and labels" className="flex flex-wrap gap-1">
      {capabilities.map((one) => (
        <li key={`can ${one}`}>
          <Chip>{one}</Chip>
        </li>
      ))}
      {names.map(([name, value]) => (
        <li key={`label ${name}`}>
          <Chip isCode>
            {name}={value}
          </Chip>
        </li>
      ))}
    </ul>
  );
}
