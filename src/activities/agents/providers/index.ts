/** All providers of a worker, by name; a vendor's client is made when it is first needed. */
import type { Config } from '../../../config.ts';
import type { ProviderName } from '../models.ts';
import type { CallModel } from './provider.ts';
import { scriptedProvider, type ScriptedProvider } from './scripted.ts';
import { vendorCall } from './vendors.ts';

export interface Providers {
  readonly get: (name: ProviderName) => CallModel;
  readonly scripted: ScriptedProvider;
}

/** Providers under a worker's settings. */
export function createProviders(settings: {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
}): Providers {
  const scripted = scriptedProvider(settings.config.BATON_SCRIPT);
  const made = new Map<ProviderName, CallModel>([['scripted', scripted.call]]);
  const get = (name: ProviderName): CallModel => {
    const call = made.get(name) ?? (name === 'scripted' ? scripted.call : vendorCall(name, settings));
    made.set(name, call);
    return call;
  };
  return { get, scripted };
}
