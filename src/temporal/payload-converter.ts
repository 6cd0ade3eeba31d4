/**
 * The payload converter of workflows: Temporal's own, except that it never throws on what it cannot read. A payload in
 * an unknown encoding (a signal by somebody's tool) would otherwise fail the workflow task for ever; so it becomes
 * `{ $undecodable: encoding }`, and the workflow refuses it like any other malformed message. So do bare bytes, which
 * nothing here ever means. Sandbox-safe.
 */
import { DefaultPayloadConverter, type Payload } from '@temporalio/common';
import { METADATA_ENCODING_KEY } from '@temporalio/common/lib/converter/types.js';
import { decode } from '@temporalio/common/lib/encoding.js';

class LenientPayloadConverter extends DefaultPayloadConverter {
  override fromPayload<T>(payload: Payload): T {
    try {
      const value = super.fromPayload<T>(payload);
      // Bytes of another realm are no instance of this one's Uint8Array.
      return ArrayBuffer.isView(value) ? ({ $undecodable: encodingOf(payload) } as T) : value;
    } catch {
      return { $undecodable: encodingOf(payload) } as T;
    }
  }
}

function encodingOf(payload: Payload): string {
  const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
  return encoding === undefined || encoding === null ? 'none' : decode(encoding);
}

/** The name under which Temporal looks it up. */
export const payloadConverter = new LenientPayloadConverter();
