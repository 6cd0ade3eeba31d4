/** Requests to models for tests of providers. */
import type { ModelRequest } from '../../src/activities/agents/providers/provider.ts';

/** Turn 1 of step `work` says hello, without tools. */
export function modelRequest(over: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: { provider: 'compatible', model: 'some-model' },
    system: 'be brief',
    messages: [{ role: 'user', text: 'say hello' }],
    tools: [],
    temperature: null,
    maxOutputTokens: null,
    signal: new AbortController().signal,
    caller: { workflow: 'demo', step: 'work', attempt: 1, turn: 1 },
    ...over,
  };
}
