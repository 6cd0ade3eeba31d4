/** The effects of the hand-written side: the same requests, model calls and tools as Baton's. */
import { readdir } from 'node:fs/promises';

export interface ChatMessage {
  readonly role: 'user' | 'assistant' | 'tool';
  readonly content: string | null;
  readonly tool_calls?: readonly { readonly id: string }[];
  readonly tool_call_id?: string;
}

/** Sends what the steps before brought; answers what the server says. */
export async function post(input: {
  readonly url: string;
  readonly values: readonly string[];
}): Promise<string> {
  return send(input.url, input.values);
}

/** One model call. */
export async function ask(
  vendor: string,
  model: string,
  messages: readonly ChatMessage[],
): Promise<ChatMessage> {
  const answer = await send(`${vendor}/chat/completions`, { model, messages });
  const [choice] = (JSON.parse(answer) as { choices: { message: ChatMessage }[] }).choices;
  if (choice === undefined) throw new Error('the model has not answered');
  return choice.message;
}

/** The tool that the model calls. */
export async function listFiles(directory: string): Promise<string> {
  return (await readdir(directory)).join('\n');
}

async function send(url: string, body: unknown): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}
