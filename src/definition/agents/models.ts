/** Checks names of models, and puts a model and those that stand in for it into one list. */
import type { Path } from '../../plan/json.ts';
import { closest } from '../hints/suggest.ts';
import type { Problems } from '../text/problem.ts';

const PROVIDERS = ['anthropic', 'openai', 'google', 'compatible', 'scripted'];

/** What is said of models; null = nothing. */
export interface ModelSettings {
  readonly model: string | null;
  /** Tried in this order when the model's vendor fails. */
  readonly fallbackModels: readonly string[] | null;
}

interface ModelFields {
  readonly model?: string | undefined;
  readonly models?: readonly string[] | undefined;
  readonly fallback_models?: readonly string[] | undefined;
}

/** `models: [a, b]` is `model: a` with `fallback_models: [b]`. */
export function compileModels(fields: ModelFields, path: Path, problems: Problems): ModelSettings {
  const { model, models, fallback_models: fallbacks } = fields;
  if (model !== undefined) checkModel(model, [...path, 'model'], problems);
  checkEach(models, [...path, 'models'], problems);
  checkEach(fallbacks, [...path, 'fallback_models'], problems);
  if (models === undefined) return { model: model ?? null, fallbackModels: fallbacks ?? null };
  const other = model !== undefined ? 'model' : fallbacks !== undefined ? 'fallback_models' : null;
  if (other !== null) {
    const message = `"models" and "${other}" say the same.`;
    problems.error('field_duplicate', [...path, other], message, 'Keep one of them.', 'key');
  }
  return { model: models[0] ?? null, fallbackModels: models.slice(1) };
}

function checkEach(models: readonly string[] | undefined, path: Path, problems: Problems): void {
  models?.forEach((model, at) => {
    checkModel(model, [...path, at], problems);
  });
}

function checkModel(model: string, path: Path, problems: Problems): void {
  const [provider = '', name = ''] = model.split(/\/(.*)/s);
  if (model.includes('{{')) {
    const hint = 'Write provider/model, or leave it out.';
    problems.error('model_invalid', path, 'A model cannot be computed.', hint);
  } else if (!model.includes('/') || name.trim() === '') {
    const hint = `Write provider/model; providers: ${PROVIDERS.join(', ')}.`;
    problems.error('model_invalid', path, `"${model}" does not name a provider and a model.`, hint);
  } else if (!PROVIDERS.includes(provider)) {
    const near = closest(provider, PROVIDERS);
    const hint =
      near === undefined ? `Providers: ${PROVIDERS.join(', ')}.` : `Did you mean "${near}/${name}"?`;
    problems.error('model_provider_unknown', path, `There is no model provider "${provider}".`, hint);
  }
}
