import { sql, type Statement } from '../../database/sql.ts';
import type { Pattern } from '../../protocol/filter/run-filter.ts';
import { fits } from './fits.ts';

/** `provider/model` of a model call `c`; null where either is not known. */
export const modelOfCall = sql`(c.provider || '/' || coalesce(c.model, c.requested_model))`;

/** Whether a model call `c` went to that model: `provider/model`, or a model alone whoever provides it. */
export function modelFits(pattern: Pattern): Statement {
  const { text, wild } = pattern;
  const slash = text.indexOf('/');
  if (wild)
    return slash < 0
      ? fits(sql`coalesce(c.model, c.requested_model)`, [pattern])
      : fits(modelOfCall, [pattern]);
  const whole =
    slash < 0 ? sql`false` : isModel(text.slice(slash + 1), sql`c.provider = ${text.slice(0, slash)}`);
  // Names of models may hold slashes too.
  return sql`(${whole} or ${isModel(text, sql`true`)})`;
}

/** In two parts, so that the index on provider and model serves. */
const isModel = (model: string, provider: Statement): Statement => sql`
  (${provider} and (c.model = ${model} or (c.model is null and c.requested_model = ${model})))`;
