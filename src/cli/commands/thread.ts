/** `baton thread`: the conversation of a run in a person's words, and as it goes on. */
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.ts';
import type { Page, RunJson } from '../api-types.ts';
import { followEvents } from '../event-stream.ts';
import { withFormat, type FormatOption } from '../output.ts';
import { paintFor, type Paint } from '../style.ts';
import { apiClient } from '../target.ts';

interface ThreadOptions extends FormatOption {
  readonly follow?: boolean;
  readonly type?: string;
  readonly step?: string;
}

export interface MessageJson {
  readonly seq: number;
  readonly message_type: string;
  readonly action_type: string | null;
  readonly action_status: string;
  readonly content: string | null;
  readonly reason: string | null;
  readonly author: string | null;
  readonly step: string | null;
  readonly agent: string | null;
  readonly created_at: string;
}

export function addThread(program: Command): void {
  withFormat(program.command('thread'))
    .description(
      'what people, agents and Baton itself said in a run, one message a line (-o json: JSON Lines)',
    )
    .argument('<run>', 'run id')
    .option('--type <list>', 'only these, comma list: agent,user,system')
    .option('--step <key>', 'only of this step')
    .option('-f, --follow', 'stay and print messages as they come, until the run has ended')
    .action(async (runId: string, options: ThreadOptions) => {
      const client = apiClient();
      const paint = paintFor(process.stdout);
      let after = 0;
      const tell = async (): Promise<void> => {
        for await (const message of newMessages(client, runId, after, options)) {
          after = message.seq;
          const line = options.output === 'json' ? JSON.stringify(message) : messageLine(message, paint);
          process.stdout.write(`${line}\n`);
        }
      };
      const { last_seq } = await client.json<RunJson>(`/runs/${encodeURIComponent(runId)}`);
      await tell();
      if (options.follow !== true) return;
      // Events only say when to look, so that a message is told once and in order whatever the connection does.
      const following = { signal: new AbortController().signal, lastEventId: String(last_seq) };
      for await (const _ of followEvents(client, runId, following)) await tell();
      await tell();
    });
}

async function* newMessages(
  client: ApiClient,
  runId: string,
  after: number,
  { type, step }: ThreadOptions,
): AsyncGenerator<MessageJson> {
  for (let from = String(after); ;) {
    const query = new URLSearchParams({ after: from, limit: '1000' });
    if (type !== undefined) query.set('message_type', type);
    if (step !== undefined) query.set('step', step);
    const page = await client.json<Page<MessageJson>>(
      `/runs/${encodeURIComponent(runId)}/messages?${query.toString()}`,
    );
    yield* page.items;
    if (page.next_cursor === null) return;
    from = page.next_cursor;
  }
}

/** `12:04:31  code/build  Reading file: package.json (812 bytes)` */
export function messageLine(message: MessageJson, paint: Paint): string {
  const time = message.created_at.slice(11, 19);
  const from = [speaker(message), message.step ?? ''].filter((part) => part !== '').join('/');
  const action =
    message.action_type === null || message.action_type === 'comment' ? '' : `[${message.action_type}] `;
  const ignored =
    message.action_status === 'ignored' ? ` (ignored: ${message.reason ?? 'no reason given'})` : '';
  const text = `${action}${message.content ?? message.reason ?? ''}${ignored}`;
  return `${paint('dim', time)}  ${paint('bold', from)}  ${text.trimEnd().replaceAll('\n', '\n          ')}`;
}

function speaker({ message_type: type, agent, author }: MessageJson): string {
  if (type === 'agent') return agent ?? 'agent';
  return type === 'user' ? (author ?? 'user') : 'baton';
}
