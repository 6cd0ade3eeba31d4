/**
 * Messages as the JSON that HTTP takes: members by the names of the fields, a `Json` as its value, an enum as the word that
 * HTTP has for it, times as ISO 8601. What is not set is left out. What nobody here knows is refused, as over HTTP, so that
 * nothing that was meant is ignored.
 */
import { isMessage, type DescEnum, type DescField, type DescMessage, type Message } from '@bufbuild/protobuf';
import { reflect, type ReflectList, type ReflectMap, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import { TimestampSchema, timestampDate } from '@bufbuild/protobuf/wkt';
import { InvalidError, TooLargeError } from '../errors/errors.ts';
import { JsonTooLarge, parseJson, type JsonLimits } from '../plan/json-text.ts';
import { NumberOutOfRange } from '../plan/exact-json.ts';
import { wordOf } from './enum-words.ts';
import { JsonSchema } from './generated/baton/v1/json_pb.js';

/** A message as JSON. */
export type Plain = Readonly<Record<string, unknown>>;

/**
 * @param limits of each `Json` in it
 * @throws InvalidError `invalid_request`, `invalid_json`, `number_out_of_range`; TooLargeError `body_too_large`
 */
export function readMessage(description: DescMessage, message: Message, limits: JsonLimits): Plain {
  return new Reader(limits).message(reflect(description, message), '');
}

class Reader {
  readonly #limits: JsonLimits;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
  }

  message(message: ReflectMessage, path: string): Plain {
    const [unknown] = message.getUnknown() ?? [];
    if (unknown !== undefined) {
      const text = `is not known here: field ${unknown.no} of ${message.desc.typeName}. This server is older than the caller, or the number is wrong`;
      throw invalid('invalid_request', path, 'unrecognized_keys', text);
    }
    const fields = message.fields.filter((field) => message.isSet(field));
    return Object.fromEntries(
      fields.map((field) => [field.name, this.#field(field, message.get(field), below(path, field.name))]),
    );
  }

  #field(field: DescField, value: unknown, path: string): unknown {
    switch (field.fieldKind) {
      case 'list':
        return Array.from(value as ReflectList, (item, at) =>
          this.#value(field, item, below(path, String(at))),
        );
      case 'map':
        return Object.fromEntries(
          Array.from(value as ReflectMap, ([name, item]) => [
            String(name),
            this.#value(field, item, below(path, String(name))),
          ]),
        );
      default:
        return this.#value(field, value, path);
    }
  }

  /** Of a field itself, an item of its list or a value of its map. */
  #value({ message, enum: words }: DescField, value: unknown, path: string): unknown {
    if (message !== undefined) return this.#submessage(value as ReflectMessage, path);
    if (words !== undefined) return readWord(words, Number(value), path);
    return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  #submessage(value: ReflectMessage, path: string): unknown {
    const { message } = value;
    if (isMessage(message, JsonSchema)) return this.#json(message.text, path);
    if (isMessage(message, TimestampSchema)) return isoOf(timestampDate(message), path);
    return this.message(value, path);
  }

  #json(text: string, path: string): unknown {
    try {
      return parseJson(text, this.#limits);
    } catch (error) {
      throw jsonFault(error as Error, path);
    }
  }
}

function jsonFault(error: Error, path: string): Error {
  if (error instanceof JsonTooLarge)
    return new TooLargeError('body_too_large', `${path} is not taken: ${error.message}. Send less.`);
  if (error instanceof NumberOutOfRange)
    return invalid(error.code, path, error.code, `is not taken: ${error.message}`);
  return invalid('invalid_json', path, 'invalid_json', `is not JSON: ${error.message}`);
}

function isoOf(date: Date, path: string): string {
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw invalid('invalid_request', path, 'invalid_value', 'is no time');
}

function readWord(words: DescEnum, number: number, path: string): string {
  const word = wordOf(words, number);
  if (word !== undefined) return word;
  throw invalid(
    'invalid_request',
    path,
    'invalid_value',
    `is no ${words.name} that is known here: ${number}`,
  );
}

function invalid(code: string, path: string, detail: string, message: string): InvalidError {
  const place = path === '' ? 'The message' : path;
  return new InvalidError(code, `${place} ${message}.`, [{ path, code: detail, message }]);
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
