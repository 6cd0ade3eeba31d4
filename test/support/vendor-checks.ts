/**
 * What the vendors refuse in a request with status 400, as far as it is known from their references and from what they
 * answered to others (the sources stand in src/activities/agents/providers/vendor-rules.ts). Each function gets a body as
 * it was sent and tells its faults; none are a request that the vendor takes.
 */
type Members = Readonly<Record<string, unknown>>;

const members = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const isBlank = (value: unknown): boolean => typeof value !== 'string' || value.trim() === '';

/** Text that no JSON reader of a vendor's takes. */
function textFaults(body: unknown): string[] {
  const text = JSON.stringify(body);
  const faults = [...text.matchAll(/\\u0000|\\ud[89a-f][0-9a-f]{2}/gi)].map(([found]) => `text: ${found}`);
  return [...new Set(faults)];
}

function nameFault(name: unknown, at: string, form = /^[a-zA-Z0-9_-]{1,64}$/): string[] {
  return typeof name === 'string' && form.test(name) ? [] : [`${at}: name ${JSON.stringify(name)}`];
}

function schemaFaults(schema: unknown, at: string): string[] {
  const { type, ...others } = members(schema);
  const combined = ['oneOf', 'anyOf', 'allOf', 'not', 'enum'].filter((name) => name in others);
  return [
    ...(type === 'object' ? [] : [`${at}: schema must have type object`]),
    ...combined.map((name) => `${at}: ${name} at the top level`),
  ];
}

/** Chat Completions. */
export function chatFaults(body: Members, idForm = /^[a-zA-Z0-9_-]{1,40}$/): string[] {
  const messages = list(body['messages']).map(members);
  const faults: string[] = [];
  const seen = new Set<unknown>();
  let open: unknown[] = [];
  messages.forEach((message, i) => {
    const at = `messages[${i}]`;
    const { role, content } = message;
    if (role === 'tool') {
      const id = message['tool_call_id'];
      if (open.includes(id)) open = open.filter((other) => other !== id);
      else faults.push(`${at}: a result without its call ${JSON.stringify(id)}`);
      if (isBlank(content)) faults.push(`${at}: blank result`);
      return;
    }
    if (open.length > 0) faults.push(`${at}: calls ${JSON.stringify(open)} have no results before it`);
    open = [];
    if (role === 'system') {
      if (i > 0) faults.push(`${at}: system`);
      if (isBlank(content)) faults.push(`${at}: blank system`);
    } else if (role === 'user') {
      if (isBlank(content)) faults.push(`${at}: blank text`);
    } else if (role === 'assistant') {
      const calls = list(message['tool_calls']).map(members);
      if (calls.length === 0 && isBlank(content)) faults.push(`${at}: an answer without content`);
      if (message['tool_calls'] !== undefined && calls.length === 0) faults.push(`${at}: no calls`);
      for (const call of calls) {
        const { name, arguments: written } = members(call['function']);
        const { id } = call;
        if (typeof id !== 'string' || !idForm.test(id)) faults.push(`${at}: id ${JSON.stringify(id)}`);
        if (seen.has(id)) faults.push(`${at}: id ${JSON.stringify(id)} again`);
        seen.add(id);
        faults.push(...nameFault(name, at), ...argumentFaults(written, at));
        open.push(id);
      }
    } else faults.push(`${at}: role ${JSON.stringify(role)}`);
    const before = messages[i - 1]?.['role'];
    const inTurn =
      role === 'user'
        ? before !== 'user'
        : before !== 'assistant' && before !== undefined && before !== 'system';
    if (role !== 'system' && !inTurn) faults.push(`${at}: ${String(role)} after ${String(before)}`);
  });
  if (open.length > 0) faults.push(`calls ${JSON.stringify(open)} have no results`);
  const last = messages.at(-1)?.['role'];
  if (last !== 'user' && last !== 'tool') faults.push(`the last message is from ${String(last)}`);
  for (const [i, tool] of list(body['tools']).entries()) {
    const { name, description, parameters } = members(members(tool)['function']);
    const at = `tools[${i}]`;
    faults.push(...nameFault(name, at), ...schemaFaults(parameters, at));
    if (typeof description === 'string' && description.length > 1_024) faults.push(`${at}: long description`);
  }
  return [...faults, ...textFaults(body)];
}

function argumentFaults(written: unknown, at: string): string[] {
  try {
    const parsed: unknown = JSON.parse(String(written));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return [];
  } catch {
    // Told below.
  }
  return [`${at}: arguments are no object`];
}

/** Mistral's models behind Chat Completions. */
export function mistralFaults(body: Members): string[] {
  const messages = list(body['messages']).map(members);
  const after = messages.flatMap(({ role }, i) =>
    role === 'user' && messages[i - 1]?.['role'] === 'tool' ? [`messages[${i}]: user after tool`] : [],
  );
  return [...chatFaults(body, /^[a-zA-Z0-9]{9}$/), ...after];
}

/** Anthropic's Messages. */
export function anthropicFaults(body: Members): string[] {
  const messages = list(body['messages']).map(members);
  const faults: string[] = [];
  const seen = new Set<unknown>();
  let open: unknown[] = [];
  for (const part of list(body['system']).map(members)) {
    if (isBlank(part['text'])) faults.push('system: blank text');
  }
  messages.forEach(({ role, content }, i) => {
    const at = `messages[${i}]`;
    const parts = list(content).map(members);
    if (role !== (i % 2 === 0 ? 'user' : 'assistant')) faults.push(`${at}: ${String(role)} out of turn`);
    if (parts.length === 0) faults.push(`${at}: no content`);
    let texts = 0;
    for (const part of parts) {
      const { type } = part;
      if (type === 'text') {
        texts += 1;
        if (isBlank(part['text'])) faults.push(`${at}: blank text`);
      } else if (type === 'tool_use' && role === 'assistant') {
        const { id, name, input } = part;
        if (!/^[a-zA-Z0-9_-]+$/.test(String(id))) faults.push(`${at}: id ${JSON.stringify(id)}`);
        if (seen.has(id)) faults.push(`${at}: id ${JSON.stringify(id)} again`);
        seen.add(id);
        faults.push(...nameFault(name, at, /^[a-zA-Z0-9_-]{1,128}$/));
        if (typeof input !== 'object' || input === null || Array.isArray(input)) faults.push(`${at}: input`);
      } else if (type === 'tool_result' && role === 'user') {
        const id = part['tool_use_id'];
        if (!open.includes(id)) faults.push(`${at}: a result without its call ${JSON.stringify(id)}`);
        open = open.filter((other) => other !== id);
        if (texts > 0) faults.push(`${at}: a result after a text`);
      } else if (type === 'thinking' && role === 'assistant') {
        if (isBlank(part['signature'])) faults.push(`${at}: thinking without signature`);
      } else if (type !== 'redacted_thinking') faults.push(`${at}: ${String(type)}`);
    }
    if (open.length > 0) faults.push(`${at}: calls ${JSON.stringify(open)} have no results in it`);
    open = parts.filter(({ type }) => type === 'tool_use').map(({ id }) => id);
    if (role === 'user') open = [];
  });
  if (messages.at(-1)?.['role'] !== 'user') faults.push('the last message is not from the user');
  for (const [i, tool] of list(body['tools']).entries()) {
    const { name, input_schema: schema } = members(tool);
    faults.push(...nameFault(name, `tools[${i}]`), ...schemaFaults(schema, `tools[${i}]`));
  }
  return [...faults, ...textFaults(body)];
}

/** OpenAI's Responses, without what it keeps. */
export function responsesFaults(body: Members): string[] {
  const items = list(body['input']).map(members);
  const faults: string[] = [];
  const calls = new Map<unknown, boolean>();
  items.forEach((item, i) => {
    const at = `input[${i}]`;
    const { type, role, content, call_id: id } = item;
    if (type === 'item_reference') faults.push(`${at}: a reference to what is not kept`);
    if (type === 'function_call') {
      if (typeof id !== 'string' || id === '' || id.length > 64)
        faults.push(`${at}: call_id ${JSON.stringify(id)}`);
      if (calls.has(id)) faults.push(`${at}: call_id again`);
      calls.set(id, false);
      faults.push(...nameFault(item['name'], at), ...argumentFaults(item['arguments'], at));
    } else if (type === 'function_call_output') {
      if (calls.get(id) !== false) faults.push(`${at}: an output without its call ${JSON.stringify(id)}`);
      calls.set(id, true);
      if (isBlank(item['output'])) faults.push(`${at}: blank output`);
    } else if (type === 'reasoning') {
      if (isBlank(item['encrypted_content'])) faults.push(`${at}: reasoning that is not kept`);
      const next = items[i + 1];
      if (
        next?.['type'] !== 'function_call' &&
        next?.['role'] !== 'assistant' &&
        next?.['type'] !== 'reasoning'
      )
        faults.push(`${at}: reasoning without what follows it`);
    } else if (role === 'user' || role === 'assistant') {
      for (const part of list(content)) if (isBlank(members(part)['text'])) faults.push(`${at}: blank text`);
      const openCalls = [...calls].filter(([, answered]) => !answered);
      if (role === 'user' && openCalls.length > 0) faults.push(`${at}: calls without outputs before it`);
    } else if (role !== 'system' && role !== 'developer') faults.push(`${at}: ${String(type)}`);
  });
  for (const [id, answered] of calls) if (!answered) faults.push(`no output for ${JSON.stringify(id)}`);
  for (const [i, tool] of list(body['tools']).entries()) {
    const { name, parameters } = members(tool);
    faults.push(...nameFault(name, `tools[${i}]`), ...schemaFaults(parameters, `tools[${i}]`));
  }
  return [...faults, ...textFaults(body)];
}

/** Google's generateContent. */
export function geminiFaults(body: Members): string[] {
  const contents = list(body['contents']).map(members);
  const faults: string[] = [];
  for (const part of list(members(body['systemInstruction'])['parts']).map(members)) {
    if (isBlank(part['text'])) faults.push('systemInstruction: blank text');
  }
  let open: readonly (readonly [unknown, unknown])[] = [];
  const seen = new Set<unknown>();
  contents.forEach(({ role, parts: written }, i) => {
    const at = `contents[${i}]`;
    const parts = list(written).map(members);
    if (parts.length === 0) faults.push(`${at}: no parts`);
    if (role !== 'user' && role !== 'model') faults.push(`${at}: role ${String(role)}`);
    if (i === 0 && role !== 'user') faults.push(`${at}: the first is from the model`);
    if (role === 'model' && contents[i - 1]?.['role'] === 'model') faults.push(`${at}: model after model`);
    const calls = parts.filter((part) => 'functionCall' in part).map((part) => members(part['functionCall']));
    const responses = parts
      .filter((part) => 'functionResponse' in part)
      .map((part) => members(part['functionResponse']));
    for (const part of parts) if ('text' in part && isBlank(part['text'])) faults.push(`${at}: blank text`);
    if (responses.length > 0 || open.length > 0) {
      const found = responses.map(({ id, name }) => [id, name] as const);
      if (JSON.stringify(found) !== JSON.stringify(open))
        faults.push(`${at}: results do not fit the calls before`);
    }
    for (const { id, name, args } of calls) {
      if (seen.has(id)) faults.push(`${at}: id ${JSON.stringify(id)} again`);
      seen.add(id);
      faults.push(...nameFault(name, at, /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/));
      if (typeof args !== 'object' || args === null || Array.isArray(args)) faults.push(`${at}: args`);
    }
    open = calls.map(({ id, name }) => [id, name] as const);
  });
  if (contents.at(-1)?.['role'] !== 'user') faults.push('the last is not from the user');
  return [...faults, ...textFaults(body)];
}
