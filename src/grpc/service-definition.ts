/** From the generated description of a service to what `@grpc/grpc-js` serves, and calls, by. */
import {
  fromBinary,
  toBinary,
  type DescMessage,
  type DescMethod,
  type DescService,
} from '@bufbuild/protobuf';
import type { MessageShape } from '@bufbuild/protobuf';
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServiceDefinition,
} from '@grpc/grpc-js';

type Input<M extends DescMethod> = MessageShape<M['input']>;
type Output<M extends DescMethod> = MessageShape<M['output']>;

/** What serves a method, by its kind. */
type Handler<M extends DescMethod> = {
  unary: handleUnaryCall<Input<M>, Output<M>>;
  client_streaming: handleClientStreamingCall<Input<M>, Output<M>>;
  server_streaming: handleServerStreamingCall<Input<M>, Output<M>>;
  bidi_streaming: handleBidiStreamingCall<Input<M>, Output<M>>;
}[M['methodKind']];

/** A handler for each method, by its name in camelCase. */
export type Implementation<S extends DescService> = {
  readonly [Name in keyof S['method']]: Handler<S['method'][Name]>;
};

/** Stands for a message whose bytes are none of its method: the server refuses it before anybody looks at it. */
export class Unreadable {}

/** Messages in their binary form. A response that is none throws an Error where it is read. */
export function serviceDefinition(service: DescService): ServiceDefinition {
  return Object.fromEntries(
    service.methods.map((method) => [
      method.localName,
      {
        path: `/${service.typeName}/${method.name}`,
        requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
        responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
        ...{ requestSerialize: writer(method.input), requestDeserialize: tolerant(reader(method.input)) },
        ...{ responseSerialize: writer(method.output), responseDeserialize: reader(method.output) },
      },
    ]),
  );
}

function writer<D extends DescMessage>(description: D): (message: MessageShape<D>) => Buffer {
  return (message) => Buffer.from(toBinary(description, message));
}

function reader<D extends DescMessage>(description: D): (bytes: Buffer) => MessageShape<D> {
  return (bytes) => {
    const message = fromBinary(description, bytes);
    sizes.set(message, bytes.length);
    return message;
  };
}

function tolerant<T extends object>(read: (bytes: Buffer) => T): (bytes: Buffer) => T | Unreadable {
  return (bytes) => {
    try {
      return read(bytes);
    } catch {
      return new Unreadable();
    }
  };
}

const sizes = new WeakMap<object, number>();

/** How many bytes a message came in. */
export function bytesOf(message: object): number {
  return sizes.get(message) ?? 0;
}
