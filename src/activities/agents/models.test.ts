import { describe, expect, it } from 'vitest';
import { chooseModel, defaultModel } from './models.ts';

const settings = (
  env: NodeJS.ProcessEnv = {},
  config: { BATON_MODEL?: string; BATON_COMPATIBLE_BASE_URL?: string } = {},
) => ({
  env,
  config,
});

describe('chooseModel', () => {
  it("takes the step's model, then the worker's", () => {
    const own = settings({ OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' }, { BATON_MODEL: 'openai/gpt-5' });
    expect(chooseModel('anthropic/claude-opus-5', own)).toEqual({
      provider: 'anthropic',
      model: 'claude-opus-5',
    });
    expect(chooseModel(null, own)).toEqual({ provider: 'openai', model: 'gpt-5' });
  });

  it('lets models have slashes in their names', () => {
    const own = settings({}, { BATON_COMPATIBLE_BASE_URL: 'http://localhost/v1' });
    expect(chooseModel('compatible/meta/llama-4', own)).toEqual({
      provider: 'compatible',
      model: 'meta/llama-4',
    });
  });

  it.each([
    ['anthropic', { GOOGLE_GENERATIVE_AI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' }],
    ['openai', { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: '' }],
    ['google', { GOOGLE_GENERATIVE_AI_API_KEY: 'k' }],
    ['scripted', {}],
  ])('without any model takes %s when it is the first with a key', (provider, env) => {
    expect(chooseModel(null, settings(env)).provider).toBe(provider);
  });

  it('counts a compatible server as the last vendor', () => {
    const config = { BATON_COMPATIBLE_BASE_URL: 'http://localhost/v1' };
    expect(defaultModel(settings({}, config)).provider).toBe('compatible');
    expect(defaultModel(settings({ OPENAI_API_KEY: 'k' }, config)).provider).toBe('openai');
  });

  it.each(['gpt-5', 'nobody/gpt-5', 'openai/', ''])('refuses "%s" as a name', (name) => {
    expect(() => chooseModel(name, settings())).toThrow(
      expect.objectContaining({ code: 'model_unknown', message: expect.stringContaining('provider/model') }),
    );
  });

  it('names the missing key', () => {
    expect(() => chooseModel('google/gemini-3.5-flash', settings())).toThrow(
      expect.objectContaining({
        code: 'model_unauthorized',
        message: expect.stringContaining('GOOGLE_GENERATIVE_AI_API_KEY'),
      }),
    );
  });
});
