/**
 * Where nodes come in that come by themselves: one gate a process of the API, with a link for each connection. The gate
 * says that its nodes are there, gives them what was assigned to them, and takes back what nobody wants any more; it
 * looks when somebody tells that something has changed, and once a second.
 *
 * Nothing that counts is kept here: a node whose API dies comes back by another, and finds its work as it left it.
 */
import type { Database } from '../../database/database.ts';
import { ConflictError, InvalidError, messageOf } from '../../errors/errors.ts';
import type { Logger } from '../../log/log.ts';
import { Lookout } from '../../nodes/lookout.ts';
import { HEARTBEAT_MS } from '../../nodes/node.ts';
import {
  beat,
  findInput,
  join,
  keepProgress,
  leave,
  listSaid,
  listWork,
  loseOthers,
  type Registration,
  type SaidRow,
  type WorkRow,
} from '../../nodes/queries/gate.ts';
import type { Store } from '../ways/store.ts';
import { faultsOf } from './registration.ts';
import { NodeLink, type Speaking } from './node-link.ts';

interface GateDeps {
  readonly store: Store;
  readonly database: Database;
  readonly log: Logger;
}

export class NodeGate {
  readonly #deps: GateDeps;
  readonly #lookout: Lookout;
  readonly #links = new Map<string, NodeLink>();

  constructor(deps: GateDeps) {
    this.#deps = deps;
    this.#lookout = new Lookout({ ...deps, look: () => this.#look() });
  }

  /**
   * A node is there.
   *
   * @throws InvalidError `node_invalid`; ConflictError `node_taken`: another program stands under the name
   */
  async join(who: Registration, speaking: Speaking): Promise<NodeLink> {
    const faults = faultsOf(who);
    if (faults.length > 0) throw new InvalidError('node_invalid', 'The node cannot be registered.', faults);
    const { store } = this.#deps;
    if ((await store.first(join(who))) === undefined)
      throw new ConflictError(
        'node_taken',
        `Another program is registered as node "${who.node}". Stop that one, or register under another name.`,
      );
    await store.all(loseOthers(who));
    const link = new NodeLink(who, speaking, { store, left: () => this.#leave(link) });
    // The same program, by a newer connection.
    this.#links.get(who.node)?.replaced();
    this.#links.set(who.node, link);
    speaking.tell({ kind: 'registered', heartbeatMs: HEARTBEAT_MS, leaseMs: who.leaseMs });
    this.#lookout.begin();
    return link;
  }

  async #leave(link: NodeLink): Promise<void> {
    if (this.#links.get(link.node) !== link) return;
    this.#links.delete(link.node);
    if (this.#links.size === 0) this.#lookout.rest();
    await this.#deps.store.first(leave(link)).catch((error: unknown) => {
      // Its lease ends by itself.
      this.#deps.log.warn(
        { node: link.node, reason: messageOf(error) },
        'nobody could be told that a node left',
      );
    });
  }

  /** While the database is away nodes keep what they have, as long as their leases last. */
  async #look(): Promise<void> {
    const links = [...this.#links.values()];
    if (links.length === 0) return;
    const { store } = this.#deps;
    const ages = links.map((link) => link.heardMsAgo());
    const there = new Set((await store.all<{ node: string }>(beat(links, ages))).map(({ node }) => node));
    for (const link of links)
      if (!there.has(link.node)) link.over('node_gone', 'The node was removed, or taken over.');
    await this.#keepProgress(links);
    const work = await store.all<WorkRow>(listWork(links));
    for (const link of links) {
      const own = work.filter(({ node }) => node === link.node);
      await link.bring(own, (id) => this.#input(id));
    }
    const open = links.flatMap((link) => link.open());
    const said = open.length === 0 ? [] : await store.all<SaidRow>(listSaid(open));
    for (const link of links) link.hearSaid(said);
  }

  async #keepProgress(links: readonly NodeLink[]): Promise<void> {
    const news = links.flatMap((link) => link.takeProgress());
    if (news.length === 0) return;
    await this.#deps.store.all(
      keepProgress(
        news.map(([id]) => id),
        news.map(([, progress]) => JSON.stringify(progress)),
      ),
    );
  }

  async #input(id: string): Promise<string> {
    return (await this.#deps.store.first<{ input: string | null }>(findInput(id)))?.input ?? 'null';
  }
}
