/** `baton thread`: the conversation of a run in a person's words, and as it goes on. */
import type { Command } from 'commander';
import { readThread, type ThreadFilter, type Told } from '../follow-thread.ts';
import { messageLine, receiptLine } from '../message-text.ts';
import { withFormat, type FormatOption } from '../output.ts';
import { paintFor, type Paint } from '../style.ts';
import { apiClient } from '../target.ts';

interface ThreadOptions extends FormatOption, ThreadFilter {
  readonly follow?: boolean;
}

export function addThread(program: Command): void {
  withFormat(program.command('thread'))
    .description(
      'what people, agents and Baton itself said in a run, and what became of it, one message a line (-o json: JSON ' +
        'Lines; a message comes again, with a greater updated_seq, when its receipt has changed)',
    )
    .argument('<run>', 'run id')
    .option('--type <list>', 'only these, comma list: agent,user,system')
    .option(
      '--action <list>',
      'only these, comma list: comment,instruction,pause,resume,cancel,redirect,answer,withdraw',
    )
    .option('--status <list>', 'only these, comma list: pending,acknowledged,processed,ignored')
    .option('--step <key>', 'only of this step')
    .option('-f, --follow', 'stay and print messages and receipts as they come, until the run has ended')
    .action(async (runId: string, options: ThreadOptions) => {
      const paint = paintFor(process.stdout);
      const toldBySystem = options.type === undefined && options.action === undefined;
      for await (const told of readThread(apiClient(), runId, options, options.follow === true)) {
        const isShown = options.output === 'json' || !(toldBySystem && isRepeated(told));
        if (isShown) process.stdout.write(`${toldText(told, runId, options.output, paint)}\n`);
      }
    });
}

function toldText({ message, again }: Told, runId: string, format: FormatOption['output'], paint: Paint) {
  if (format === 'json') return JSON.stringify(message);
  return again ? receiptLine(message, paint) : messageLine(message, runId, paint);
}

/** An answer that counted and says nothing more: what was answered stands in the line that follows it. */
function isRepeated({ message }: Told): boolean {
  const { action_type: action, action_status: status, content } = message;
  return action === 'answer' && status === 'processed' && content === null;
}
