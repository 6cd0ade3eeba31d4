/** A run is talked to while it works: a pause, more to do, on again, and an agent that has read it. */
import type { RunMessage } from '../../src/contract/message.ts';
import { until } from '../support/until.ts';
import { publishExample } from './examples.ts';
import type { FrontDoor } from './front-door.ts';
import type { Places } from './members.ts';
import { demand, say } from './say.ts';

const MORE = 'The choice has to survive a log-out.';

export async function converse(door: FrontDoor, places: Places): Promise<void> {
  await publishExample(door, 'build-feature');
  const id = await door.start('build-feature', { repository: places.repositories.app });
  const thread = () => door.items<RunMessage>(`/runs/${id}/messages?limit=200`);
  await until(async () => (await thread()).some(({ content }) => content?.includes('(turn 2)') === true), {
    describe: 'the agent is at its second turn',
  });

  await door.call('POST', `/runs/${id}/pause`, { id: 'wait', reason: 'there is more', by: 'ada' });
  await until(async () => (await door.run(id)).status === 'paused', { describe: 'the run is paused' });
  const said = { id: 'more', action_type: 'instruction', content: MORE, by: 'ada' };
  await door.call('POST', `/runs/${id}/messages`, said);
  await door.call('POST', `/runs/${id}/resume`, { id: 'on', by: 'ada' });

  const read = await until(
    async () =>
      (await thread()).find(({ message_id, readers }) => message_id === 'more' && readers.length > 0),
    { describe: 'an agent reads what was said' },
  );
  const run = await door.finished(id);
  demand(run.status === 'completed', `the conversation's run is ${run.status}: ${JSON.stringify(run.error)}`);
  const { readers } = (await thread()).find(({ message_id }) => message_id === 'more') ?? read;
  demand(
    readers.every(({ status }) => status === 'processed' || status === 'acknowledged'),
    `the instruction's receipts are ${JSON.stringify(readers)}`,
  );
  say(
    `conversation: paused, told, resumed; agent ${read.readers[0]?.agent} read it in turn ${read.readers[0]?.turn}`,
  );
}
