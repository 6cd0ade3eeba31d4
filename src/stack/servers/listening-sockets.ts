/** What listens on this machine, from the kernel's own tables; they are there on Linux only. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface ListeningSocket {
  /** `127.0.0.1`, `0.0.0.0`, `::1`, `::`; other IPv6 addresses as eight groups. */
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

const LISTEN = '0A';

/** Every TCP socket of this network namespace that listens; undefined where there are no such tables. */
export function listeningSockets(): ListeningSocket[] | undefined {
  try {
    return ['tcp', 'tcp6'].flatMap((table) => rowsOf(readFileSync(`/proc/net/${table}`, 'utf8')));
  } catch {
    return undefined;
  }
}

/** The inodes of a process's sockets; none when it ended or belongs to somebody else. */
export function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => socketAt(`/proc/${pid}/fd/${fd}`) ?? []);
  } catch {
    return [];
  }
}

/** The inode of a socket; undefined for other files, and for one that was closed meanwhile. */
function socketAt(path: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
  } catch {
    return undefined;
  }
}

/** Without the kernel's tables: a server that could not have its port has ended by then. */
const PATIENCE_MS = 1_000;

/**
 * Resolves when it is this process that listens at the port: whoever answers there could be the server of somebody else,
 * who was quicker to take it.
 *
 * @throws Error while it does not.
 */
export async function assertListens(pid: number, port: number): Promise<void> {
  const listening = listeningSockets();
  if (listening === undefined) return sleep(PATIENCE_MS);
  const own = new Set(socketsOf(pid));
  if (listening.some((socket) => socket.port === port && own.has(socket.inode))) return;
  throw new Error(`process ${pid} does not listen at port ${port}`);
}

function rowsOf(table: string): ListeningSocket[] {
  const rows = table.trim().split('\n').slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN)
    .map((fields) => ({ ...placeOf(fields[1] ?? ''), inode: fields[9] ?? '' }));
}

/** `0100007F:1F90` is 127.0.0.1:8080: each group of four bytes is turned round. */
function placeOf(field: string): { address: string; port: number } {
  const [hex = '', port = ''] = field.split(':');
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).toReversed());
  return {
    address: bytes.length === 4 ? bytes.map((byte) => Number.parseInt(byte, 16)).join('.') : ipv6(bytes),
    port: Number.parseInt(port, 16),
  };
}

function ipv6(bytes: readonly string[]): string {
  const groups = bytes.join('').match(/.{4}/g) ?? [];
  const full = groups.map((group) => group.replace(/^0+(?=.)/, '').toLowerCase()).join(':');
  if (full === '0:0:0:0:0:0:0:0') return '::';
  return full === '0:0:0:0:0:0:0:1' ? '::1' : full;
}
