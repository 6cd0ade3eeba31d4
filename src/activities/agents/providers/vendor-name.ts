/** The providers that are asked over the network. */
import type { ProviderName } from '../models.ts';

export type VendorName = Exclude<ProviderName, 'scripted'>;
