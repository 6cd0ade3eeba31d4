/** What a restore or a fork asks for, as it was typed, and the request that it makes. Pure. */
import { parsedObject } from '../../words/json.ts';

export interface Wanted {
  /** A step that is done anew with all that depends on it; empty: none. */
  readonly from: string;
  readonly prompt: string;
  readonly model: string;
  readonly definition: string;
  /** A JSON object; empty: as they were. */
  readonly inputs: string;
  readonly files: 'restore' | 'keep';
  /** Of an open run. */
  readonly mode: 'drain' | 'abort';
  readonly reason: string;
  /** Of a fork: models by comma, one branch each. */
  readonly variants: string;
  /** Numbers of unread messages that may be dropped. */
  readonly drop: readonly number[];
}

export const NOTHING: Wanted = {
  from: '',
  prompt: '',
  model: '',
  definition: '',
  inputs: '',
  files: 'restore',
  mode: 'drain',
  reason: '',
  variants: '',
  drop: [],
};

/** The body without what was left as it is; a fault in words where the inputs are no JSON object. */
export function bodyOf(
  way: 'restore' | 'fork',
  checkpoint: number,
  wanted: Wanted,
): { readonly body: Record<string, unknown>; readonly fault?: string } {
  const { from, prompt, model, definition, inputs, files, mode, reason, variants, drop } = wanted;
  const given = inputs.trim() === '' ? {} : parsedObject(inputs);
  const set = {
    ...(given !== undefined && Object.keys(given).length > 0 && { inputs: given }),
    ...said('prompt', prompt),
    ...said('model', model),
    ...said('definition', definition),
  };
  const models = variants
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const body = {
    checkpoint,
    ...said('from', from),
    ...(Object.keys(set).length > 0 && { set }),
    ...(files !== 'restore' && { files }),
    ...said('reason', reason),
    ...(way === 'restore' && { mode, ...(drop.length > 0 && { drop_messages: drop }) }),
    ...(way === 'fork' &&
      models.length > 0 && { variants: models.map((one) => ({ label: one, model: one })) }),
  };
  return given === undefined ? { body, fault: 'is no JSON object' } : { body };
}

function said(name: string, value: string): Record<string, string> {
  return value.trim() === '' ? {} : { [name]: value.trim() };
}
