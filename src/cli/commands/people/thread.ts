/** `baton thread`: the conversation of a run in a person's words, and as it goes on. */
import type { Command } from 'commander';
import { readThread, type ThreadFilter, type Told } from '../../following/follow-thread.ts';
import { runIn } from '../../client/find-run.ts';
import type { RunMessage } from '../../../contract/message.ts';
import { dayLine, messageLine, receiptLine, receiptText, receiptTime } from '../../shown/message-text.ts';
import { withFormat, writeTo, type FormatOption } from '../../terminal/output.ts';
import { paintFor, type Paint } from '../../terminal/style.ts';
import { apiClient } from '../../client/target.ts';
import { writeJson } from '../../../plan/exact-json.ts';
import { widthFor } from '../../terminal/text-width.ts';

interface ThreadOptions extends FormatOption, ThreadFilter {
  readonly follow?: boolean;
}

export function addThread(program: Command): void {
  withFormat(program.command('thread'))
    .description(
      'what people, agents and Baton itself said in a run, and what became of it, one message a line (-o json: JSON ' +
        'Lines; a message comes again, with a greater updated_seq, when its receipt has changed)',
    )
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .option('--type <list>', 'only these, comma list: agent,user,system')
    .option(
      '--action <list>',
      'only these, comma list: comment,instruction,pause,resume,cancel,redirect,answer,withdraw',
    )
    .option('--status <list>', 'only these, comma list: pending,acknowledged,processed,ignored')
    .option('--step <key>', 'only of this step')
    .option('-f, --follow', 'stay and print messages and receipts as they come, until the run has ended')
    .action(async (run: string, options: ThreadOptions) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      const linesOf = options.output === 'json' ? jsonLines : textLines(runId, options);
      for await (const told of readThread(client, runId, options, options.follow === true)) {
        for (const line of linesOf(told)) writeTo(process.stdout, `${line}\n`);
      }
    });
}

type LinesOf = (told: Told) => readonly string[];

const jsonLines: LinesOf = ({ message }) => [writeJson(message)];

/** Nothing is said twice: a receipt that reads as it did, and an answer that the line after it tells. */
function textLines(runId: string, { type, action }: ThreadFilter): LinesOf {
  const paint = paintFor(process.stdout);
  const receipts = new Map<number, string>();
  const isWhole = type === undefined && action === undefined;
  const dated = dayLines(paint);
  return ({ message, again }) => {
    const width = widthFor(process.stdout);
    const receipt = receiptText(message);
    const isNews = receipts.get(message.seq) !== receipt;
    receipts.set(message.seq, receipt);
    if (again) return isNews ? dated(receiptTime(message), receiptLine(message, paint, width)) : [];
    if (isWhole && isToldAgain(message)) return [];
    return dated(message.created_at, messageLine(message, runId, paint, width));
  };
}

/** Each day, and each zone that summer brings, is told once. */
function dayLines(paint: Paint): (at: string, line: string) => readonly string[] {
  let told = '';
  return (at, line) => {
    const day = dayLine(at, paint);
    const isNew = day !== told;
    told = day;
    return isNew ? [day, line] : [line];
  };
}

/** An answer that counted and says nothing more: what was answered stands in the line that follows it. */
function isToldAgain({ action_type: action, action_status: status, content }: RunMessage): boolean {
  return action === 'answer' && status === 'processed' && content === null;
}
