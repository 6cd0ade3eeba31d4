/** Which model a step gets: the step's own, else the worker's default, else what the environment has a key for. */
import type { Config } from '../../config.ts';
import { StepFailure } from '../step-failure.ts';

export const PROVIDERS = ['anthropic', 'openai', 'google', 'compatible', 'scripted'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** `provider/model`, taken apart. */
export interface ModelName {
  readonly provider: ProviderName;
  readonly model: string;
}

/** A provider's default model, and the variable without which it cannot be used, in order of preference. */
const DEFAULTS: readonly { provider: ProviderName; model: string; variable: string }[] = [
  { provider: 'anthropic', model: 'claude-sonnet-5', variable: 'ANTHROPIC_API_KEY' },
  { provider: 'openai', model: 'gpt-5.4', variable: 'OPENAI_API_KEY' },
  { provider: 'google', model: 'gemini-3.5-flash', variable: 'GOOGLE_GENERATIVE_AI_API_KEY' },
  { provider: 'compatible', model: 'default', variable: 'BATON_COMPATIBLE_BASE_URL' },
];
const SCRIPTED: ModelName = { provider: 'scripted', model: 'script' };

/** The settings that decide, from the configuration and the vendors' key variables. */
export interface ModelSettings {
  readonly config: Pick<Config, 'BATON_MODEL' | 'BATON_COMPATIBLE_BASE_URL'>;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The model for a step.
 *
 * @throws StepFailure `model_unknown` for a name that is not `provider/model`, `model_unauthorized` without its key
 */
export function chooseModel(wanted: string | null, settings: ModelSettings): ModelName {
  const written = wanted ?? settings.config.BATON_MODEL;
  if (written === undefined) return defaultModel(settings);
  const chosen = parseModelName(written);
  const variable = DEFAULTS.find((entry) => entry.provider === chosen.provider)?.variable;
  if (variable === undefined || hasVariable(variable, settings)) return chosen;
  throw new StepFailure('model_unauthorized', `Model "${written}" needs ${variable}: set it on the worker.`);
}

/** What is used when neither step nor worker names a model. */
export function defaultModel(settings: ModelSettings): ModelName {
  const usable = DEFAULTS.find(({ variable }) => hasVariable(variable, settings));
  return usable === undefined ? SCRIPTED : { provider: usable.provider, model: usable.model };
}

function parseModelName(written: string): ModelName {
  const [prefix = '', ...rest] = written.split('/');
  const provider = PROVIDERS.find((name) => name === prefix);
  const model = rest.join('/');
  if (provider === 'scripted') return { provider, model: model || SCRIPTED.model };
  if (provider !== undefined && model !== '') return { provider, model };
  const message = `Model "${written}" is not known: write provider/model with one of ${PROVIDERS.join(', ')}.`;
  throw new StepFailure('model_unknown', message);
}

function hasVariable(variable: string, { config, env }: ModelSettings): boolean {
  const value = variable === 'BATON_COMPATIBLE_BASE_URL' ? config.BATON_COMPATIBLE_BASE_URL : env[variable];
  return value !== undefined && value !== '';
}
