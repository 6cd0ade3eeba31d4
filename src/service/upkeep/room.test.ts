import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import request from 'supertest';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { BatonError } from '../../errors/errors.ts';
import { diskFull, Room } from './room.ts';

const folder = mkdtempSync(join(tmpdir(), 'baton-room-'));
afterAll(() => rmSync(folder, { recursive: true }));
const reserve = join(folder, 'reserve');
beforeEach(() => writeFileSync(reserve, 'room'));

/** An app whose writes find no room as long as `isFull`. */
function writing(path?: string) {
  const room = new Room(path);
  const state = { isFull: false };
  const app = express();
  app.use(room.refuseWrites);
  app.all('/{*path}', (_request, response, next) => {
    if (state.isFull) next(diskFull(new Error('could not extend file')));
    else response.status(204).end();
  });
  app.use(room.seeFailures, ((error: BatonError, _request, response, _next) => {
    response.status(error.status).json({ code: error.code });
  }) as express.ErrorRequestHandler);
  return { room, state, app };
}

describe('room on the disk', () => {
  it('while the reserve is missing nothing new is taken in, and what looks or stops goes through', async () => {
    const { room, app } = writing(reserve);
    await request(app).post('/api/v1/runs').expect(204);
    await room.check();
    rmSync(reserve);
    await request(app).post('/api/v1/runs').expect(503, { code: 'disk_full' });
    await request(app).delete('/api/v1/runs/r/messages/m').expect(503, { code: 'disk_full' });
    await request(app).get('/api/v1/runs').expect(204);
    for (const path of [
      '/api/v1/workflows/validate',
      '/api/v1/runs/r/pause',
      '/api/workflows/r/pause',
      '/api/v1/runs/r/cancel',
    ])
      await request(app).post(path).expect(204);
    await expect(room.check()).rejects.toMatchObject({ code: 'disk_full', status: 503 });
    writeFileSync(reserve, 'room');
    await room.check();
    await request(app).post('/api/v1/runs').expect(204);
  });

  it('a write that found no room is remembered until one finds some', async () => {
    const { room, state, app } = writing();
    state.isFull = true;
    await request(app).post('/api/v1/runs').expect(503, { code: 'disk_full' });
    await expect(room.check()).rejects.toMatchObject({ code: 'disk_full' });
    state.isFull = false;
    await request(app).get('/api/v1/runs').expect(204);
    await expect(room.check()).rejects.toMatchObject({ code: 'disk_full' });
    await request(app).post('/api/v1/runs').expect(204);
    await room.check();
  });
});
