/** What people do with nodes: name those that Baton calls, have one take nothing new, remove one. */
import type { Node, NodeContent } from '../../contract/nodes/node.ts';
import { ConflictError } from '../../errors/errors.ts';
import type { Scope } from '../services.ts';
import { putNode, removeNode, setDraining } from './queries/nodes.ts';
import { noNode, readNode } from './read-nodes.ts';

/** All of a node that Baton calls, new or anew. @throws ConflictError `node_taken` */
export async function replaceNode(scope: Scope, id: string, content: NodeContent): Promise<Node> {
  scope.call.record?.note({ detail: { node: id, address: content.address } });
  if ((await scope.store.first(putNode(id, content))) === undefined)
    throw new ConflictError(
      'node_taken',
      `Node "${id}" comes by itself, and is not called. Choose another name, or remove that one.`,
    );
  return readNode(scope, id);
}

/** It takes nothing new from now on, and ends what it has; or takes work again. @throws NotFoundError `node_not_found` */
export async function drainNode(scope: Scope, id: string, draining: boolean): Promise<Node> {
  scope.call.record?.note({ detail: { node: id, draining } });
  if ((await scope.store.first(setDraining(id, draining))) === undefined) throw noNode(id);
  return readNode(scope, id);
}

/**
 * Forgets it; what it is at goes to others. One that comes by itself is back with its next connection.
 *
 * @throws NotFoundError `node_not_found`
 */
export async function deleteNode(scope: Scope, id: string): Promise<Node> {
  scope.call.record?.note({ detail: { node: id } });
  const before = await readNode(scope, id);
  await scope.store.first(removeNode(id));
  return before;
}
