/**
 * The JSON that HTTP answers as a message: the way back of `readMessage`. Members that the message has no field for are
 * left out, and so is what is null.
 */
import { create, ScalarType, type DescField, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import { timestampFromMs, TimestampSchema } from '@bufbuild/protobuf/wkt';
import { writeJson } from '../plan/exact-json.ts';
import { numberOf } from './enum-words.ts';
import { JsonSchema } from './generated/baton/v1/json_pb.js';

/** @throws Error for a member that is not of the field's form: a fault of ours */
export function writeMessage<D extends DescMessage>(description: D, plain: object): MessageShape<D> {
  return written(description, plain).message as MessageShape<D>;
}

function written(description: DescMessage, plain: object): ReflectMessage {
  if (description.typeName === JsonSchema.typeName) return jsonOf(plain);
  const message = reflect(description, create(description), false);
  const members = plain as Readonly<Record<string, unknown>>;
  for (const field of description.fields) {
    const value = members[field.name];
    if (value !== null && value !== undefined) setField(message, field, value);
  }
  return message;
}

function setField(message: ReflectMessage, field: DescField, value: unknown): void {
  if (field.fieldKind === 'list') {
    const list = message.get(field);
    for (const item of value as readonly unknown[]) list.add(valueOf(field, item));
  } else if (field.fieldKind === 'map') {
    const map = message.get(field);
    for (const [name, item] of Object.entries(value as object)) map.set(name, valueOf(field, item));
  } else message.set(field, valueOf(field, value));
}

/** Of a field itself, an item of its list or a value of its map. */
function valueOf({ message, enum: words, scalar }: DescField, value: unknown): unknown {
  if (message?.typeName === JsonSchema.typeName) return jsonOf(value);
  if (message?.typeName === TimestampSchema.typeName)
    return reflect(TimestampSchema, timestampFromMs(Date.parse(String(value))));
  if (message !== undefined) return written(message, value as object);
  if (words !== undefined) return numberOf(words, String(value));
  return scalar === ScalarType.INT64 ? BigInt(value as number) : value;
}

function jsonOf(value: unknown): ReflectMessage {
  return reflect(JsonSchema, create(JsonSchema, { text: writeJson(value) ?? 'null' }));
}
