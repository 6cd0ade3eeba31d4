/** Where no node has joined: what one is, and how one comes. */
import { Button } from '../parts/button.tsx';
import { Copy } from '../parts/copy.tsx';
import { Empty } from '../parts/states.tsx';

const COMMAND = 'baton nodes add counter --address grpc://HOST:50051 --capability count';

export function NoNodes({ onAdd }: { readonly onAdd: () => void }) {
  return (
    <Empty
      title="No node has joined"
      actions={
        <>
          <Button kind="primary" onClick={onAdd}>
            Add one that Baton calls
          </Button>
          <a
            href="/docs/nodes.md"
            target="_blank"
            rel="noopener"
            className="inline-flex h-8 items-center px-2 text-sm text-accent underline"
          >
            How a program becomes a node
          </a>
        </>
      }
    >
      <p>
        Nodes are programs of yours, in any language and on any machine, that do steps of runs. One that opens
        a stream to Baton’s gRPC port stands here by itself; one that Baton is to call is named once:
      </p>
      <div className="mt-3 flex items-center gap-1 rounded-(--radius) border border-line bg-surface px-2 py-1.5 text-left">
        <code className="min-w-0 flex-1 font-mono text-xs wrap-anywhere text-ink">{COMMAND}</code>
        <Copy text={COMMAND} what="the command" />
      </div>
    </Empty>
  );
}
