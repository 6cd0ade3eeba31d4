import { describe, expect, it } from 'vitest';
import type { Json } from '../../plan/json.ts';
import type { ToolActivityInput } from '../../protocol/agent.ts';
import { effectOfTool } from './effect-of.ts';

const toolInput = (name: string, value: Json = {}, attempt = 1): ToolActivityInput => ({
  run: { id: 'r', workflow: 'w', version: '1.0.0' },
  step: { key: 's', title: 's', attempt, turn: 1, index: 0 },
  idempotencyKey: 'r/0/s/1.0',
  call: { id: 'c', name, input: { value }, preview: '' },
  mcp: null,
  workspace: null,
  timeoutMs: 1_000,
});

describe('the effect of a call of a tool', () => {
  it.each([
    ['read_file', {}, 'none'],
    ['write_file', {}, 'repeatable'],
    ['edit_file', {}, 'repeatable'],
    ['http_fetch', { url: 'x' }, 'repeatable'],
    ['http_fetch', { url: 'x', method: 'HEAD' }, 'repeatable'],
    ['http_fetch', { url: 'x', method: 'POST' }, 'once'],
    ['http_fetch', { url: 'x', method: 7 }, 'once'],
    ['run_command', { argv: ['true'] }, 'once'],
    ['mcp__bank__pay', {}, 'once'],
  ])('%s with %j: %s', (name, value, kind) => {
    const effect = effectOfTool(toolInput(name, value));
    expect(effect === null ? 'none' : effect.whenCut === undefined ? 'repeatable' : 'once').toBe(kind);
  });

  it('is the same for every attempt, and says what the model is told when it was cut short', () => {
    const [first, second] = [1, 2].map((attempt) => effectOfTool(toolInput('run_command', {}, attempt)));
    expect(second).toMatchObject({ key: first?.key, inputHash: first?.inputHash });
    expect(first?.whenCut).toMatchObject({
      isError: true,
      result: { value: expect.stringContaining('It may have had effects. Look before you call it again.') },
    });
  });
});
