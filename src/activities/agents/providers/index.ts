/** All providers of a worker, by name; a vendor's client is made when it is first needed. */
import type { ProviderName } from '../models.ts';
import type { CallModel } from './provider.ts';
import { scriptedCall } from './scripted.ts';
import { vendorCall, type VendorSettings } from './vendors.ts';

export type Providers = (name: ProviderName) => CallModel;

/** Providers under a worker's settings; `script` is the path in BATON_SCRIPT. */
export function createProviders(settings: VendorSettings, script: string | undefined): Providers {
  const made = new Map<ProviderName, CallModel>();
  return (name) => {
    const call = made.get(name) ?? (name === 'scripted' ? scriptedCall(script) : vendorCall(name, settings));
    made.set(name, call);
    return call;
  };
}
