/** Clients of gRPC for tests: the generated messages over `@grpc/grpc-js`, and what a refusal says. */
import {
  create,
  fromBinary,
  type DescService,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import {
  credentials,
  makeClientConstructor,
  Metadata,
  status as Code,
  type CallOptions,
  type Client,
  type ClientOptions,
  type ServiceError,
} from '@grpc/grpc-js';
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from '../../src/grpc/generated/google/rpc/error_details_pb.js';
import { StatusSchema } from '../../src/grpc/generated/google/rpc/status_pb.js';
import { serviceDefinition } from '../../src/grpc/service-definition.ts';
import { afterFile } from '../support/after-file.ts';

/** What a caller is told instead of an answer. */
export interface Refused {
  readonly status: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly facts: Readonly<Record<string, string>>;
  readonly violations: readonly {
    readonly field: string;
    readonly description: string;
    readonly reason: string;
  }[];
  readonly retrySeconds: number | undefined;
  /** Of what stands in headers. */
  readonly bytes: number;
}

interface Sent {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly options?: CallOptions;
}

type Unary<S extends DescService> = {
  [Name in keyof S['method']]: S['method'][Name]['methodKind'] extends 'unary' ? Name : never;
}[keyof S['method']];

export interface TestClient<S extends DescService> {
  readonly raw: Client & Readonly<Record<string, (...sent: unknown[]) => unknown>>;
  /** The answer. @throws {@link Refused} */
  ask<Name extends Unary<S>>(
    name: Name,
    request: MessageInitShape<S['method'][Name]['input']>,
    sent?: Sent,
  ): Promise<MessageShape<S['method'][Name]['output']>>;
}

export function clientOf<S extends DescService>(
  service: S,
  address: string,
  options: ClientOptions = {},
): TestClient<S> {
  const Constructor = makeClientConstructor(serviceDefinition(service), service.name);
  const raw = new Constructor(address, credentials.createInsecure(), options) as TestClient<S>['raw'];
  afterFile(async () => raw.close());
  return {
    raw,
    ask: (name, request, { metadata = {}, options = {} } = {}) => {
      const { input } = service.method[name as string]!;
      return new Promise((resolve, reject) => {
        raw[name as string]!.call(
          raw,
          create(input, request as never),
          metadataOf(metadata),
          options,
          (error: ServiceError | null, answer: never) => {
            if (error === null) resolve(answer);
            else reject(refusedBy(error));
          },
        );
      });
    },
  };
}

function metadataOf(headers: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}

/** What an error of a call says. */
export function refusedBy({ code, details, metadata }: ServiceError): Refused {
  const [bytes] = metadata.get('grpc-status-details-bin');
  const status = bytes === undefined ? undefined : fromBinary(StatusSchema, bytes as Buffer);
  const unpack = <D extends Parameters<typeof anyUnpack>[1]>(schema: D) =>
    status?.details.flatMap((any) => anyUnpack(any, schema as never) ?? [])[0] as MessageShape<D> | undefined;
  const info = unpack(ErrorInfoSchema);
  const delay = unpack(RetryInfoSchema)?.retryDelay;
  return {
    status: Code[code],
    message: details,
    code: info?.reason,
    facts: info?.metadata ?? {},
    violations: (unpack(BadRequestSchema)?.fieldViolations ?? []).map(({ field, description, reason }) => ({
      field,
      description,
      reason,
    })),
    bytes: encodeURI(details).length + Math.ceil((bytes?.length ?? 0) / 3) * 4,
    retrySeconds: delay === undefined ? undefined : Number(delay.seconds),
  };
}

/** What a call is refused with. */
export async function refusalOf(call: Promise<unknown>): Promise<Refused> {
  return call.then(
    (answer) => Promise.reject(new Error(`not refused: ${String(answer)}`)),
    (refused: Refused) => refused,
  );
}
