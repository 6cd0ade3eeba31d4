/**
 * Baton's programs as processes of their own: started by the commands of docker-compose.yml, with the environment that
 * stands there and nothing of this machine's. Each has a port of its own, which it keeps when it is started again.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import getPort from 'get-port';
import { parse } from 'yaml';
import { ROOT } from '../../src/places.ts';
import { startChild } from '../../src/stack/programs/child-process.ts';
import type { Child } from '../../src/stack/programs/child-process.ts';
import { until } from '../support/until.ts';
import { demand } from './say.ts';

type Settings = Readonly<Record<string, string>>;

interface Service {
  readonly command: readonly string[];
  readonly environment: Settings;
}

export type ServiceName = 'api' | 'projector' | 'worker-workflows' | 'worker';

/** Where a program says that it does its work. */
const HEALTH: Readonly<Record<ServiceName, string>> = {
  api: '/health/ready',
  projector: '/health/ready',
  'worker-workflows': '/healthz',
  worker: '/healthz',
};
/** docker-compose.yml: stop_grace_period. */
const GRACE_MS = 20_000;
const SHOWN_IN_LOGS = { PATH: process.env['PATH'] ?? '', TZ: 'UTC' };

const compose = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<ServiceName, Service>>;
};

export interface MemberSpec {
  readonly name: string;
  readonly service: ServiceName;
  /** The checkout whose build runs; that of this code unless told. */
  readonly root?: string;
  /** What differs from docker-compose.yml. Names that do not stand there are refused. */
  readonly settings: Settings;
}

/** Of HTTP, and of gRPC where it is an API. */
type Ports = readonly [http: number, grpc: number];

export class Member {
  readonly name: string;
  readonly service: ServiceName;
  readonly url: string;
  readonly #spec: MemberSpec;
  readonly #environment: Settings;
  readonly #logFile: string;
  #child: Child | undefined;

  private constructor(spec: MemberSpec, [port, grpcPort]: Ports, logs: string) {
    this.name = spec.name;
    this.service = spec.service;
    this.url = `http://127.0.0.1:${port}`;
    this.#spec = spec;
    this.#environment = environmentOf(spec, [port, grpcPort]);
    this.#logFile = join(logs, `${spec.name}.log`);
  }

  static async of(spec: MemberSpec, logs: string): Promise<Member> {
    const host = '127.0.0.1';
    const port = await getPort({ host });
    return new Member(spec, [port, await getPort({ host, exclude: [port] })], logs);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const [command = 'node', ...args] = compose.services[this.service].command;
    const log = openSync(this.#logFile, 'a', 0o600);
    const env = { ...SHOWN_IN_LOGS, ...this.#environment };
    // The image's node is this one.
    this.#child = startChild({
      command: command === 'node' ? process.execPath : command,
      args,
      cwd: this.#spec.root ?? ROOT,
      env,
      log,
      ownGroup: true,
    });
    closeSync(log);
  }

  /** Resolves when it says that it does its work. @throws when it has ended meanwhile */
  async ready(): Promise<void> {
    const path = HEALTH[this.service];
    await until(
      async () => {
        const exit = this.#child?.exit();
        if (exit !== undefined) return exit;
        return (await fetch(`${this.url}${path}`)).ok;
      },
      { interval: 100, describe: `${this.name} is ready (${this.#logFile})` },
    );
    demand(this.#child?.exit() === undefined, `${this.name} has ended: see ${this.#logFile}`);
  }

  /** Without a warning, as a machine dies; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#child?.stop('SIGKILL', 0);
  }

  /** As compose and Kubernetes stop it. @throws when it had to be killed after all */
  async stop(): Promise<void> {
    await this.#child?.stop('SIGTERM', GRACE_MS);
    const isKilled = this.#child?.exit()?.signal === 'SIGKILL';
    demand(!isKilled, `${this.name} did not end within ${GRACE_MS} ms`);
  }
}

/** @throws Error for a setting that no container would get */
function environmentOf({ name, service, settings }: MemberSpec, [port, grpcPort]: Ports): Settings {
  const known = compose.services[service].environment;
  for (const setting of Object.keys(settings))
    demand(setting in known, `${name}: docker-compose.yml gives ${service} no ${setting}`);
  const ports =
    service === 'api'
      ? { BATON_PORT: String(port), BATON_GRPC_PORT: String(grpcPort) }
      : { BATON_METRICS_PORT: String(port) };
  // Here nothing stands between loopback and the world, so nothing listens beyond it.
  const place = { BATON_HOST: '127.0.0.1', BATON_INSECURE: '', BATON_ALLOWED_HOSTS: '' };
  const defaults = Object.fromEntries(
    Object.entries(known).map(([variable, value]) => [variable, withoutVariables(String(value))]),
  );
  return { ...defaults, ...place, ...ports, ...settings };
}

/** `${NAME:-default}` as it is without that name. */
const withoutVariables = (value: string): string =>
  value.replace(/\$\{\w+:(?:-([^}]*)|\?[^}]*)\}/g, (_, fallback: string | undefined) => fallback ?? '');

/** What runs together; nothing of it outlives the process. */
export class Fleet {
  readonly #logs: string;
  readonly #members = new Map<string, Member>();

  /** @param logs a folder */
  constructor(logs: string) {
    this.#logs = logs;
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** Starts members and resolves when all are ready. */
  async add(...specs: readonly MemberSpec[]): Promise<readonly Member[]> {
    const added = await Promise.all(specs.map((spec) => Member.of(spec, this.#logs)));
    for (const member of added) {
      this.#members.set(member.name, member);
      member.start();
    }
    await Promise.all(added.map((member) => member.ready()));
    return added;
  }

  /** Stops those members in order, for good. */
  async retire(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.member(name).stop();
      this.#members.delete(name);
    }
  }

  member(name: string): Member {
    const member = this.#members.get(name);
    demand(member !== undefined, `there is no ${name}`);
    return member;
  }

  of(service: ServiceName): readonly Member[] {
    return this.members.filter((member) => member.service === service);
  }

  async stop(): Promise<void> {
    const members = [...this.#members.values()];
    this.#members.clear();
    await Promise.all(members.map((member) => member.stop()));
  }
}
