/** What tools answer that ask something of a run: whether it has done it, and how it stands now. */
import * as z from 'zod';
import type { CommandAnswer } from '../../contract/command.ts';
import { BriefRun, briefRun, runText } from '../answers/brief-run.ts';
import type { Told } from '../tool.ts';

export const Ordered = z.object({
  done: z.boolean().meta({ description: 'False: taken, and the run has not come to it yet.' }),
  message_id: z.string().meta({ description: 'The id under which it stands in the thread.' }),
  run: BriefRun,
});

interface Order {
  readonly done: boolean;
  readonly answer: CommandAnswer;
}

export function ordered({ done, answer }: Order): Told {
  const run = briefRun(answer);
  const head = done ? 'Done.' : 'Taken; the run comes to it as soon as it can.';
  return { data: { done, message_id: answer.message_id, run }, text: `${head}\n${runText(run)}` };
}
