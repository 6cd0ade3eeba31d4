/** `baton nodes`: the programs of users that do steps, and which would do what. */
import type { Command } from 'commander';
import type { Node, NodeMatch, Nodes } from '../../../contract/nodes/node.ts';
import { apiClient } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { EXIT } from '../../exit.ts';
import { readPairs } from '../../input/inputs.ts';
import { wholeNumber } from '../../input/text-argument.ts';
import { collect } from '../runs/run.ts';
import { matchText, nodesText, nodeText } from './nodes-text.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { widthFor } from '../../terminal/text-width.ts';

interface AddOptions extends FormatOption {
  readonly address: string;
  readonly capability: readonly string[];
  readonly label: readonly string[];
  readonly slots: string;
  readonly price?: string;
}

interface MatchOptions extends FormatOption {
  readonly capability?: string;
  readonly label: readonly string[];
  readonly prefer: readonly string[];
}

const width = () => widthFor(process.stdout);

export function addNodes(program: Command): void {
  const nodes = withFormat(program.command('nodes'))
    .description('list the nodes that do steps of runs, and the work that waits for one')
    .action(async ({ output }: FormatOption) => {
      const all = await apiClient().json<Nodes>('/nodes');
      print(output, all, () => nodesText(all, Date.now(), width()));
    });
  addShow(nodes);
  addAdd(nodes);
  addMatch(nodes);
  addAct(nodes, 'drain', 'has a node take nothing new; it ends what it has', 'takes nothing new');
  addAct(nodes, 'undrain', 'has a drained node take work again', 'takes work again');
  withFormat(nodes.command('remove'))
    .description('forget a node; what it is at goes to others')
    .argument('<node>', 'its name')
    .action(async (name: string, { output }: FormatOption) => {
      const node = await apiClient().json<Node>(`${pathOf(name)}?by=${encodeURIComponent(who())}`, {
        method: 'DELETE',
      });
      print(output, node, () => `node ${name} is forgotten`);
    });
}

function addShow(nodes: Command): void {
  withFormat(nodes.command('show'))
    .description('show a node with what it is at and its last assignments')
    .argument('<node>', 'its name')
    .action(async (name: string, { output }: FormatOption) => {
      const node = await apiClient().json<Node>(pathOf(name));
      print(output, node, () => nodeText(node, Date.now(), width()));
    });
}

function addAdd(nodes: Command): void {
  withFormat(nodes.command('add'))
    .description(
      'name a node that Baton calls, or change all of it; those that come by themselves need none of this',
    )
    .argument('<node>', 'its name')
    .requiredOption('--address <url>', 'where it is called: grpc://HOST:PORT, or grpcs://HOST:PORT with TLS')
    .option('--capability <name>', 'what it can do; may be repeated', collect, [])
    .option('--label <name=value>', 'may be repeated', collect, [])
    .option('--slots <n>', 'assignments that it does at once', '1')
    .option('--price <n>', 'micro-dollars a second')
    .action(async (name: string, options: AddOptions) => {
      const body = {
        address: options.address,
        capabilities: options.capability,
        labels: readPairs(options.label, '--label'),
        slots: wholeNumber(options.slots, '--slots', 1),
        by: who(),
        ...(options.price !== undefined && { price: wholeNumber(options.price, '--price', 0) }),
      };
      const node = await apiClient().json<Node>(pathOf(name), { method: 'PUT', body });
      print(options.output, node, () => nodeText(node, Date.now(), width()));
    });
}

function addMatch(nodes: Command): void {
  withFormat(nodes.command('match'))
    .description(
      'say which node would do such work now, and what speaks against the others; exit code 1: none',
    )
    .option('--capability <name>', 'what it must be able to do')
    .option('--label <name=value>', 'a label that it must have; may be repeated', collect, [])
    .option('--prefer <name=value>', 'a label by which it is preferred; may be repeated', collect, [])
    .action(async (options: MatchOptions) => {
      const body = {
        capability: options.capability ?? null,
        labels: readPairs(options.label, '--label'),
        prefer: readPairs(options.prefer, '--prefer'),
      };
      const match = await apiClient().json<NodeMatch>('/nodes/match', { method: 'POST', body });
      if (match.node === null) process.exitCode = EXIT.failed;
      print(options.output, match, () => matchText(match, width()));
    });
}

function addAct(nodes: Command, action: string, description: string, done: string): void {
  withFormat(nodes.command(action))
    .description(description)
    .argument('<node>', 'its name')
    .action(async (name: string, { output }: FormatOption) => {
      const node = await apiClient().json<Node>(`${pathOf(name)}/${action}`, {
        method: 'POST',
        body: { by: who() },
      });
      print(output, node, () => `node ${name} ${done}`);
    });
}

const pathOf = (name: string): string => `/nodes/${encodeURIComponent(name)}`;
