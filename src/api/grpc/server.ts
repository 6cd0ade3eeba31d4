/**
 * The gRPC server: services over one port, each with what is asked of every call, with reflection and health. Plain HTTP/2
 * without TLS, as HTTP beside it; what is no gRPC is refused by the library.
 */
import { ServerCredentials, Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { toBinary, type DescFile } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { inUrl } from '../../listeners/authority.ts';
import type { DoorPolicy } from '../../listeners/door-policy.ts';
import { serviceDefinition } from '../../grpc/service-definition.ts';
import { file_google_rpc_error_details } from '../../grpc/generated/google/rpc/error_details_pb.js';
import type { Front } from '../front.ts';
import { chosenPort, type ListenOptions } from '../server.ts';
import { LEASES_MS } from '../../service/index.ts';
import { attend } from './attend.ts';
import type { GrpcService } from './grpc-service.ts';
import { HEALTH, healthService } from './health.ts';
import { grpcServices } from './services.ts';

/** Largest message that is taken, in bytes: as of HTTP's bodies, with room for what stands around it. */
const MESSAGE_LIMIT = 1024 * 1024 + 4_096;

const OPTIONS = {
  'grpc.max_receive_message_length': MESSAGE_LIMIT,
  /** Calls at once on one connection; more wait at the client. */
  'grpc.max_concurrent_streams': 200,
  /** A client that is gone without a word is noticed; a node may stand still for as long as its lease. */
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': LEASES_MS.most,
  /** Megabytes that one connection may make this process hold. */
  'grpc-node.max_session_memory': 32,
};

export interface GrpcListener {
  /** `host:port`, as clients take it. */
  readonly address: string;
  /** Takes no new calls, lets open ones end, and cuts what is left after `ms`. */
  drain(ms: number): Promise<void>;
}

/** Listens. @throws Error when the port cannot be had */
export async function startGrpc(
  front: Front,
  policy: DoorPolicy,
  options: ListenOptions,
): Promise<GrpcListener> {
  const { log, metrics, readerStallMs } = front;
  const server = new Server({
    ...OPTIONS,
    interceptors: [attend({ policy, log, messageMs: readerStallMs, count: metrics.countCall })],
  });
  const services = grpcServices(front);
  for (const { definition, implementation } of services)
    server.addService(serviceDefinition(definition), implementation);
  const health = healthService(
    front,
    services.map(({ definition }) => definition.typeName),
  );
  server.addService(HEALTH, health);
  new ReflectionService(described(services)).addToServer(server);
  const port = await bind(server, `${inUrl(options.host)}:${await chosenPort(options)}`);
  return { address: `${inUrl(options.host)}:${port}`, drain: (ms) => drain(server, ms) };
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

async function drain(server: Server, ms: number): Promise<void> {
  const cut = setTimeout(() => server.forceShutdown(), ms);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(cut);
}

/**
 * All files that describe the services, with those of health and of the details of errors, so that tools can show these
 * too; in the form that the reflection service takes.
 */
function described(services: readonly GrpcService[]): ConstructorParameters<typeof ReflectionService>[0] {
  const files = new Map<string, DescFile>();
  const visit = (file: DescFile): void => {
    if (files.has(file.name)) return;
    files.set(file.name, file);
    for (const dependency of file.dependencies) visit(dependency);
  };
  for (const file of [...services.map(({ definition }) => definition.file), file_google_rpc_error_details])
    visit(file);
  const bytes = [...files.values()].map(({ proto }) =>
    Buffer.from(toBinary(FileDescriptorProtoSchema, proto)),
  );
  return {
    services: {
      ...{ format: 'Protocol Buffer 3 DescriptorProto', type: {} },
      fileDescriptorProtos: [...bytes, ...HEALTH.Check.requestType.fileDescriptorProtos],
    },
  };
}
