/**
 * Writes pieces of one run in their order and tells listeners, in one script, so that nothing comes between.
 *
 * A run has three keys: its pieces (a stream, the entry's id is the position), an index of them by turn and offset, and
 * the time of the last piece of each turn. They run out together some time after the last piece of the run; what a turn
 * has left is removed by the first piece of another that comes after its time. The ring and resets are as in Postgres:
 * the oldest text of a turn falls out, and a reset is written only where something was told before, which it removes.
 *
 * Positions are microseconds, or one more than the last when that is later: they grow also when the keys have run out.
 */
import type { Piece } from '../piece.ts';
import { writeJson } from '../../plan/exact-json.ts';

/** Where listeners hear the ids of runs of which something is told. */
export const CHANNEL = 'baton:stream';

/** The key of a run's pieces. */
export const piecesKey = (runId: string): string => `baton:stream:{${runId}}`;

/** KEYS: pieces, index, turns. ARGV: milliseconds to keep, channel, run, pieces as JSON. */
const SCRIPT = `
local pieces, index, turns = unpack(KEYS)
local keep, channel, run = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local last = 0
if redis.call('EXISTS', pieces) == 1 then
  local info = redis.call('XINFO', 'STREAM', pieces)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then last = tonumber(string.match(info[i + 1], '^%d+')) end
  end
end

local function forget(from, to)
  local gone = redis.call('ZRANGEBYLEX', index, from, to)
  for _, member in ipairs(gone) do
    redis.call('XDEL', pieces, string.match(member, '%S+$'))
    redis.call('ZREM', index, member)
  end
  return #gone
end

for _, turn in ipairs(redis.call('ZRANGEBYSCORE', turns, '-inf', now - keep * 1000, 'LIMIT', 0, 100)) do
  forget('[' .. turn .. ' ', '(' .. turn .. '!')
  redis.call('ZREM', turns, turn)
end

local told = false
for _, piece in ipairs(cjson.decode(ARGV[4])) do
  local isText = piece.type == 'token' or piece.type == 'chunk'
  local isWanted = true
  if piece.type == 'reset' then
    isWanted = forget('[' .. piece.address .. ' ', '(' .. piece.address .. '!') > 0
  elseif isText and piece.keepFrom > 0 then
    forget('[' .. piece.address .. ' t', '(' .. piece.address .. ' t' .. string.format('%012d', piece.keepFrom))
  end
  if isWanted then
    last = math.max(last + 1, now)
    local id = string.format('%.0f-0', last)
    redis.call('XADD', pieces, id, unpack(piece.fields))
    local place = isText and 't' .. string.format('%012d', piece.offset) or 'x'
    redis.call('ZADD', index, 0, piece.address .. ' ' .. place .. ' ' .. id)
    redis.call('ZADD', turns, now, piece.address)
    told = true
  end
end
if told then
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, keep) end
  redis.call('PUBLISH', channel, run)
end`;

interface Script {
  readonly text: string;
  readonly options: { readonly keys: string[]; readonly arguments: string[] };
}

/** @param pieces all of the same run */
export function addPieces(runId: string, pieces: readonly Piece[], keepMs: number): Script {
  const key = piecesKey(runId);
  return {
    text: SCRIPT,
    options: {
      keys: [key, `${key}:index`, `${key}:turns`],
      arguments: [String(Math.ceil(keepMs)), CHANNEL, runId, writeJson(pieces.map(entryOf))],
    },
  };
}

function entryOf({ keepFrom, ...piece }: Piece): object {
  const { type, offset, content, step, attempt, turn, interrupted, message } = piece;
  const fields = { type, step, attempt, turn, offset, content, interrupted, ...message };
  return {
    ...{ type, offset, keepFrom },
    // No key of a step holds a space.
    address: `${step} ${turn}`,
    fields: Object.entries(fields).flatMap(([name, value]) => [name, String(value)]),
  };
}
