/** What happens to a run by chance: draws for properties. */
import fc from 'fast-check';
import type { Json } from '../plan/json.ts';
import type { ToolCall } from '../protocol/agent.ts';
import { toolAnswer, turn } from './answers.ts';
import type { ScheduleAction } from '../workflows/core/index.ts';
import type { World } from './world.ts';

/** `pick`: of whatever there is to choose from. */
export interface Happening<What extends string = string> {
  readonly pick: number;
  readonly what: What;
}

/** One name several times: it happens so much more often. */
export function happeningsOf<What extends string>(
  names: readonly What[],
  maxLength = 60,
): fc.Arbitrary<readonly Happening<What>[]> {
  const happening = fc.record({ pick: fc.nat({ max: 1_000 }), what: fc.constantFrom(...names) });
  return fc.array(happening, { maxLength });
}

export function pickOf<T>(all: Iterable<T>, pick: number): T | undefined {
  const list = [...all];
  return list[pick % Math.max(1, list.length)];
}

/** The answer that an activity of this kind gives when all goes well. @param calls of an agent's; none: it is done */
export function answerOf(world: World, id: string, calls: readonly ToolCall[] = []): unknown {
  const { activity, input } = world.open.get(id) ?? {};
  const value: Json = `${id.split('#')[0]} done`;
  const snapshot = snapshotOf(world, input);
  switch (activity) {
    case 'agent':
      return turn(`h-${id}-${world.scheduled.length}`, { calls });
    case 'tool':
      return toolAnswer(`${id} done`, snapshot);
    case 'workspace':
      return { path: '/w', queue: 'baton@host', commit: null, comment: 'made', ...snapshot };
    default:
      return { result: { value, bytes: value.length + 2, preview: value }, ...snapshot };
  }
}

/** Of whatever works in the workspace: the files that are wanted, or others than before. */
function snapshotOf({ now, scheduled }: World, input: ScheduleAction['input'] | undefined) {
  if (input === undefined || !('spec' in input || 'call' in input)) return {};
  const isOfWorkspace = 'generation' in input || ('workspace' in input && input.workspace !== null);
  const wanted = 'files' in input ? input.files?.commit : undefined;
  const commit = wanted ?? String(scheduled.length).padStart(40, '0');
  return isOfWorkspace ? { snapshot: { commit, at: now } } : {};
}
