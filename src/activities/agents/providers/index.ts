/** All providers of a worker, by name; a vendor's client is made when it is first needed. */
import type { ProviderName } from '../models.ts';
import type { CallModel } from './provider.ts';
import { scriptedCall } from './scripted.ts';
import type { VendorName } from './vendor-name.ts';
import type { VendorSettings } from './vendors.ts';

export type Providers = (name: ProviderName) => CallModel;

/** Providers under a worker's settings; `script` is the path in BATON_SCRIPT. */
export function createProviders(settings: VendorSettings, script: string | undefined): Providers {
  const made = new Map<ProviderName, CallModel>();
  return (name) => {
    const call = made.get(name) ?? (name === 'scripted' ? scriptedCall(script) : laterCall(name, settings));
    made.set(name, call);
    return call;
  };
}

/** The vendors' packages are half of a worker's code: the first call of one loads them. */
function laterCall(name: VendorName, settings: VendorSettings): CallModel {
  let call: Promise<CallModel> | undefined;
  return async (request) => {
    call ??= import('./vendors.ts').then(({ vendorCall }) => vendorCall(name, settings));
    return (await call)(request);
  };
}
