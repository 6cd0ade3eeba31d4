/**
 * Makes a transcript one that the vendor it goes to takes, whatever models and people have said in it before.
 *
 * Afterwards: each answer's results stand right after it, one for each call and in their order; people and answers take
 * turns, a person first and last; no text is blank; names and ids are in the vendor's letters and each call's id is its
 * own. Nothing that a person or a tool said is left out. What has been sent once is sent the same again when the
 * transcript has grown, since vendors cache what they have seen.
 */
import { storableJson } from '../../../plan/storable.ts';
import type { Json } from '../../../plan/json.ts';
import type { AssistantCall } from '../../../protocol/session.ts';
import { asText } from '../../texts.ts';
import type { Message, ToolMessage } from './provider.ts';
import { vendorName, type VendorRules } from './vendor-rules.ts';

type Answer = Extract<Message, { role: 'assistant' }>;
type Results = Extract<Message, { role: 'tool' }>;

/** Stands where a vendor wants somebody to speak and nobody did. */
const GO_ON = 'Go on.';
const BLANK = '(empty)';
/** What an answer says between results and a person where nothing may stand between them. */
const SEEN = 'I have seen the results.';

/** The transcript as it can be sent. */
export function validTranscript(messages: readonly Message[], rules: VendorRules): readonly Message[] {
  const clean = storableJson(messages as unknown as Json) as unknown as readonly Message[];
  return named(inTurns(joined(paired(clean).filter(isSaid)), rules), rules);
}

/** Each answer with its results; what belongs to no call is told as a text. */
function paired(messages: readonly Message[]): Message[] {
  return stretches(messages).flatMap(({ answer, after }) => {
    const results = after.flatMap((message) => (message.role === 'tool' ? message.results : []));
    const { own, others } = matched(answer?.calls ?? [], results);
    const said = after.filter(({ role }) => role === 'user');
    return [
      ...(answer === null ? [] : [answer]),
      ...(own.length === 0 ? [] : [{ role: 'tool' as const, results: own }]),
      ...others.map(asTold),
      ...said,
    ];
  });
}

/** An answer, null before the first, with all that comes before the next. */
function stretches(messages: readonly Message[]): { answer: Answer | null; after: Message[] }[] {
  const found: { answer: Answer | null; after: Message[] }[] = [{ answer: null, after: [] }];
  for (const message of messages) {
    if (message.role === 'assistant') found.push({ answer: message, after: [] });
    else found.at(-1)?.after.push(message);
  }
  return found;
}

function matched(
  calls: readonly AssistantCall[],
  results: readonly ToolMessage[],
): { own: ToolMessage[]; others: ToolMessage[] } {
  const others = [...results];
  const own = calls.map(({ id, name }): ToolMessage => {
    const at = others.findIndex(({ call }) => call === id);
    const [result] = at < 0 ? [] : others.splice(at, 1);
    const output =
      result === undefined ? `Nothing is known of what became of this call of ${name}.` : result.output;
    return { call: id, name, output: isBlank(output) ? BLANK : output, isError: result?.isError ?? true };
  });
  return { own, others };
}

function isBlank(output: Json): boolean {
  return typeof output === 'string' && output.trim() === '';
}

function asTold({ name, output }: ToolMessage): Message {
  return { role: 'user', text: `Result of ${name}: ${asText(output)}` };
}

/** Blank texts say nothing, and vendors refuse them. */
function isSaid(message: Message): boolean {
  if (message.role === 'tool') return true;
  return message.text.trim() !== '' || (message.role === 'assistant' && message.calls.length > 0);
}

/** What people say in a row is one message. */
function joined(messages: readonly Message[]): readonly Message[] {
  const told: Message[] = [];
  let open: string[] = [];
  const close = () => {
    if (open.length > 0) told.push({ role: 'user', text: open.join('\n\n') });
    open = [];
  };
  for (const message of messages) {
    if (message.role === 'user') {
      open.push(message.text);
    } else {
      close();
      told.push(message);
    }
  }
  close();
  return told;
}

function inTurns(messages: readonly Message[], rules: VendorRules): readonly Message[] {
  const turns: Message[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (message.role === 'assistant' && (last === undefined || last.role === 'assistant')) {
      turns.push({ role: 'user', text: GO_ON });
    }
    if (message.role === 'user' && last?.role === 'tool' && !rules.userAfterResults) turns.push(bridge());
    turns.push(message);
  }
  const last = turns.at(-1);
  return last === undefined || last.role === 'assistant' ? [...turns, { role: 'user', text: GO_ON }] : turns;
}

function bridge(): Answer {
  return { role: 'assistant', text: SEEN, calls: [], provider: '', native: null };
}

/** Names in letters that are taken, and one id for each call and its result. */
function named(messages: readonly Message[], rules: VendorRules): readonly Message[] {
  const idFor = identifier(rules);
  let ids: readonly string[] = [];
  return messages.map((message) => {
    if (message.role === 'user') return message;
    if (message.role === 'tool') return withIds(message, ids);
    const calls = message.calls.map((call) => renamed(call, idFor));
    ids = calls.map(({ id }) => id);
    return { ...message, calls };
  });
}

function renamed(call: AssistantCall, idFor: ReturnType<typeof identifier>): AssistantCall {
  const name = vendorName(call.name);
  return { ...call, id: idFor(call.id, name), name };
}

function withIds({ role, results }: Results, ids: readonly string[]): Results {
  // They stand in the order of their calls.
  const named = results.map((result, i) => ({
    ...result,
    call: ids[i] ?? result.call,
    name: vendorName(result.name),
  }));
  return { role, results: named };
}

/** Keeps an id that is taken and new; every other gets the number of its call. */
function identifier({ id: taken, idOf }: VendorRules): (id: string, name: string) => string {
  const given = new Set<string>();
  let number = 0;
  return (id, name) => {
    number += 1;
    let fresh = id;
    for (let n = number; !taken.test(fresh) || given.has(fresh); n += 1) fresh = idOf(n, name);
    given.add(fresh);
    return fresh;
  };
}
