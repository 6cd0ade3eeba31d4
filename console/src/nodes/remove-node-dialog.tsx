/** Before a node is forgotten: what that would lose. */
import { api, dataOf } from '../api/client.ts';
import { author } from '../api/commands.ts';
import type { Node } from '../api/generated.ts';
import { useChange } from '../api/use-change.ts';
import { CommandDialog } from '../parts/command-dialog.tsx';
import { removalWords } from './node-words.ts';
import { NODES } from './queries.ts';

interface RemoveNodeDialogProps {
  readonly node: Node;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export default function RemoveNodeDialog({ node, onClose, onDone }: RemoveNodeDialogProps) {
  const { id } = node;
  const remove = useChange({
    shown: NODES,
    done: () => `Removed ${id}`,
    send: () =>
      dataOf(api.DELETE('/api/v1/nodes/{node}', { params: { path: { node: id }, query: author() } })),
    onDone,
  });
  return (
    <CommandDialog
      title={`Remove ${id}`}
      description={removalWords(node)}
      verb="Remove"
      danger
      onClose={onClose}
      onSend={() => remove.mutate()}
      isSending={remove.isPending}
      error={remove.error}
      request={{ method: 'DELETE', path: `/api/v1/nodes/${encodeURIComponent(id)}` }}
      command={['nodes', 'remove', id]}
    />
  );
}
