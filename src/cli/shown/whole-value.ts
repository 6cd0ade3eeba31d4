/** Values that the API gives by reference, since they are too large for a list. */
import type { ApiClient } from '../client/api-client.ts';

/** `{value}`, or `{ref}` where the value stands apart, with its beginning. */
export interface SuppliedJson {
  readonly value?: unknown;
  readonly ref?: { readonly $blob: string; readonly bytes: number };
  readonly preview?: string;
}

/** The same with its value, which is fetched where it is not there. What is not stored any more stays a reference. */
export async function withValue(client: ApiClient, supplied: SuppliedJson): Promise<SuppliedJson> {
  if ('value' in supplied || supplied.ref === undefined || supplied.preview === undefined) return supplied;
  return { ...supplied, value: await client.json<unknown>(`/blobs/${supplied.ref.$blob}`) };
}

/** What there is to show of it. */
export function shownValue(output: unknown): unknown {
  if (typeof output !== 'object' || output === null) return output;
  const { value, ref, preview } = output as SuppliedJson;
  if ('value' in output) return value;
  if (ref === undefined) return output;
  const rest = `${ref.bytes} bytes: --full, or GET /api/v1/blobs/${ref.$blob}`;
  return preview === undefined ? `(not stored any more; ${ref.bytes} bytes)` : `${preview}… [${rest}]`;
}
