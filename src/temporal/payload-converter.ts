/**
 * The payload converter of workflows, activities, clients and the fold: Temporal's own, except that
 *
 * - whole numbers stay what they are, whatever their size (exact-json.ts);
 * - it never throws on what it cannot read. A payload in an unknown encoding (a signal by somebody's tool) would
 *   otherwise fail the workflow task for ever; so it becomes `{ $undecodable: encoding }`, and the workflow refuses it
 *   like any other malformed message. So do bare bytes, which nothing here ever means.
 *
 * Sandbox-safe.
 */
import {
  BinaryPayloadConverter,
  CompositePayloadConverter,
  defaultFailureConverter,
  UndefinedPayloadConverter,
  type LoadedDataConverter,
  type Payload,
  type PayloadConverterWithEncoding,
} from '@temporalio/common';
import {
  encodingKeys,
  encodingTypes,
  METADATA_ENCODING_KEY,
} from '@temporalio/common/lib/converter/types.js';
import { decode, encode } from '@temporalio/common/lib/encoding.js';
import { NumberOutOfRange, readJson, writeJson } from '../plan/exact-json.ts';

class ExactJsonPayloadConverter implements PayloadConverterWithEncoding {
  readonly encodingType = encodingTypes.METADATA_ENCODING_JSON;

  toPayload(value: unknown): Payload | undefined {
    const text = jsonOf(value);
    if (text === undefined) return undefined;
    return {
      metadata: { [METADATA_ENCODING_KEY]: encodingKeys.METADATA_ENCODING_JSON },
      data: encode(text),
    };
  }

  fromPayload<T>({ data }: Payload): T {
    if (data === undefined || data === null) throw new Error('a payload without data');
    return readJson<T>(decode(data));
  }
}

/** Undefined for what has no JSON, which Temporal then says. */
function jsonOf(value: unknown): string | undefined {
  try {
    return value === undefined ? undefined : writeJson(value);
  } catch {
    return undefined;
  }
}

class LenientPayloadConverter extends CompositePayloadConverter {
  constructor() {
    super(new UndefinedPayloadConverter(), new BinaryPayloadConverter(), new ExactJsonPayloadConverter());
  }

  override fromPayload<T>(payload: Payload): T {
    try {
      const value = super.fromPayload<T>(payload);
      // Bytes of another realm are no instance of this one's Uint8Array.
      return ArrayBuffer.isView(value) ? ({ $undecodable: encodingOf(payload) } as T) : value;
    } catch (error) {
      const why = error instanceof NumberOutOfRange ? `: ${error.message}` : '';
      return { $undecodable: `${encodingOf(payload)}${why}` } as T;
    }
  }
}

function encodingOf(payload: Payload): string {
  const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
  return encoding === undefined || encoding === null ? 'none' : decode(encoding);
}

/** The name under which Temporal looks it up. */
export const payloadConverter = new LenientPayloadConverter();

/** The same for clients, which take it ready made. */
export const dataConverter: LoadedDataConverter = {
  payloadConverter,
  failureConverter: defaultFailureConverter,
  payloadCodecs: [],
};
