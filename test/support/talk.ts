/** Taking part in a run's conversation as a user does, by HTTP, and reading its thread. */
import type { Baton } from './baton.ts';
import { until } from './until.ts';

/** The parts of a message that tests look at. */
export interface MessageJson {
  readonly seq: number;
  readonly message_id: string | null;
  readonly message_type: string;
  readonly action_type: string | null;
  readonly action_status: string;
  readonly content: string | null;
  readonly reason: string | null;
  readonly reason_code: string | null;
  readonly author: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly readers: readonly { readonly step: string; readonly turn: number; readonly status: string }[];
}

/** The answer to a message; of a refusal the problem. */
export interface Said {
  readonly messageId: string;
  readonly actionTaken: string;
  readonly message: MessageJson | null;
  readonly newRunId?: string | null;
  readonly code?: string;
  readonly detail?: string;
  readonly ignored_code?: string;
}

export interface Talk {
  /** Resolves when the run has it, or has refused it. */
  readonly say: (content: string, more?: object) => Promise<{ readonly status: number; readonly body: Said }>;
  /** @throws Error when it is refused. */
  readonly tell: (content: string, more?: object) => Promise<Said>;
  /** All entries, oldest first. */
  readonly thread: () => Promise<readonly MessageJson[]>;
  /** What they say. */
  readonly lines: () => Promise<readonly string[]>;
  /** Waits until an entry says so. */
  readonly heard: (text: string) => Promise<MessageJson>;
  readonly message: (id: string) => Promise<MessageJson>;
  /** Waits until the message is no longer on its way to that. */
  readonly settled: (id: string, status: string) => Promise<MessageJson>;
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
  const thread = async (): Promise<readonly MessageJson[]> => {
    const all: MessageJson[] = [];
    for (;;) {
      const after = all.at(-1)?.seq ?? 0;
      const page = await baton.items<MessageJson>(`/runs/${run}/messages?limit=200&after=${after}`);
      if (page.length === 0) return all;
      all.push(...page);
    }
  };
  const lines = async () => (await thread()).map(({ content }) => content ?? '');
  const message: Talk['message'] = async (id) =>
    (await baton.call<MessageJson>('GET', `/runs/${run}/messages/${encodeURIComponent(id)}`)).body;
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
