/** Asks operations of HTTP for methods of gRPC. */
import type { DescMethod, Message } from '@bufbuild/protobuf';
import { readMessage } from '../../../grpc/read-message.ts';
import { writeMessage } from '../../../grpc/write-message.ts';
import type { Front } from '../../front.ts';
import type { Endpoint } from '../../http/endpoint.ts';
import { BODY_LIMITS } from '../../http/mount.ts';
import { askEndpoint, type Way } from '../../inner/ask-endpoint.ts';
import { ROUTES } from '../../routes/index.ts';
import { byFields } from './by-fields.ts';
import type { Method, Question } from './method.ts';

const BASE = '/api/v1';

export class Operations {
  readonly #front: Front;
  readonly #endpoints: ReadonlyMap<string, Endpoint>;

  constructor(front: Front) {
    const endpoints = ROUTES.filter(({ base }) => base === BASE).flatMap((group) => group.endpoints);
    this.#front = front;
    this.#endpoints = new Map(endpoints.map((one) => [one.operation, one]));
  }

  /** @param key the one in the metadata; that of the message goes before. @throws BatonError with details by fields */
  async answer(
    { input, output }: DescMethod,
    { ask, answer }: Method,
    { message, way, key }: { readonly message: Message; readonly way: Way; readonly key: string | undefined },
  ): Promise<Message> {
    const plain = readMessage(input, message, BODY_LIMITS);
    const question = ask({ ...(key !== undefined && { idempotency_key: key }), ...plain });
    return writeMessage(output, answer(await this.#ask(question, way)));
  }

  async #ask({ operation, asked, fieldOf }: Question, way: Way) {
    const endpoint = this.#endpoints.get(operation);
    if (endpoint === undefined) throw new Error(`there is no endpoint ${operation}`);
    try {
      return await askEndpoint(this.#front, endpoint, asked, way);
    } catch (thrown) {
      throw byFields(thrown, fieldOf);
    }
  }
}
