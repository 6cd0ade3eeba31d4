/** Taking part in a run's conversation as a user does, by HTTP, and reading its thread. */
import type { MessageAnswer, RunMessage } from '../../src/contract/message.ts';
import type { Problem } from '../../src/contract/problem.ts';
import type { Baton } from './baton.ts';
import { until } from './until.ts';

/** The answer to a message; of a refusal the problem. */
export type Said = MessageAnswer & Partial<Pick<Problem, 'code' | 'detail' | 'ignored_code'>>;

export interface Talk {
  /** Resolves when the run has it, or has refused it. */
  readonly say: (content: string, more?: object) => Promise<{ readonly status: number; readonly body: Said }>;
  /** @throws Error when it is refused. */
  readonly tell: (content: string, more?: object) => Promise<Said>;
  /** All entries, oldest first. */
  readonly thread: () => Promise<readonly RunMessage[]>;
  /** What they say. */
  readonly lines: () => Promise<readonly string[]>;
  /** Waits until an entry says so. */
  readonly heard: (text: string) => Promise<RunMessage>;
  readonly message: (id: string) => Promise<RunMessage>;
  /** Waits until the message is no longer on its way to that. */
  readonly settled: (id: string, status: string) => Promise<RunMessage>;
}

export function talkTo(baton: Baton, run: string): Talk {
  const say: Talk['say'] = (content, more = {}) => post({ content, ...more });
  /** On a busy machine a receipt, or a new run, may be late: the same message again gets it. */
  const post = async (message: object): ReturnType<Talk['say']> => {
    const answer = await baton.call<Said>('POST', `/runs/${run}/messages`, message);
    const { status, body } = answer;
    const isLate = status === 202 || (status === 200 && body.newRunId === null);
    return isLate ? post({ ...message, id: body.messageId }) : answer;
  };
  const thread = async (): Promise<readonly RunMessage[]> => {
    const all: RunMessage[] = [];
    for (;;) {
      const after = all.at(-1)?.seq ?? 0;
      const page = await baton.items<RunMessage>(`/runs/${run}/messages?limit=200&after=${after}`);
      if (page.length === 0) return all;
      all.push(...page);
    }
  };
  const lines = async () => (await thread()).map(({ content }) => content ?? '');
  const message: Talk['message'] = async (id) =>
    (await baton.call<RunMessage>('GET', `/runs/${run}/messages/${encodeURIComponent(id)}`)).body;
  return {
    say,
    thread,
    lines,
    message,
    tell: async (content, more = {}) => {
      const { status, body } = await say(content, more);
      if (status >= 300) throw new Error(`refused with ${status}: ${JSON.stringify(body)}`);
      return body;
    },
    heard: (text) =>
      until(async () => (await thread()).find(({ content }) => content?.includes(text)), {
        describe: async () => ({ expected: text, thread: await lines() }),
      }),
    settled: async (id, status) => {
      await until(async () => (await message(id)).action_status === status, {
        describe: async () => ({ expected: status, message: await message(id) }),
      });
      return message(id);
    },
  };
}

/** The texts of `story` that stand in `lines` in this order, whatever stands between them. */
export function toldInOrder(lines: readonly string[], story: readonly string[]): readonly string[] {
  let from = 0;
  return story.filter((text) => {
    const at = lines.findIndex((line, i) => i >= from && line.includes(text));
    from = at === -1 ? from : at + 1;
    return at !== -1;
  });
}
