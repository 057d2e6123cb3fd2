import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askState, takeSpool } from '../../../src/fleet/agent/control-socket.ts';
import type { AgentState } from '../../../src/fleet/agent/state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nstrace-control-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const state = (): AgentState => ({ spoolBytes: 7 }) as AgentState;

it('answers what the agent of a spool says, and gives the spool to one agent only', async () => {
  expect(await askState(folder)).toBeUndefined();
  const server = await takeSpool(folder, state);
  expect(await askState(folder)).toMatchObject({ spoolBytes: 7 });
  await expect(takeSpool(folder, state)).rejects.toThrow('another agent ships from');
  expect(await askState(folder)).toMatchObject({ spoolBytes: 7 });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await askState(folder)).toBeUndefined();
});

it('gives the spool of an agent that was killed', async () => {
  const listen = `require('node:net').createServer().listen('agent.sock', () => process.kill(process.pid, 'SIGKILL'))`;
  await execa(process.execPath, ['-e', listen], { cwd: folder, reject: false });
  expect(readdirSync(folder)).toEqual(['agent.sock']);
  const server = await takeSpool(folder, state);
  expect(await askState(folder)).toMatchObject({ spoolBytes: 7 });
  expect(readdirSync(folder)).toEqual(['agent.sock']);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('does not take the spool of an agent that does not answer', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(join(folder, 'agent.sock'), resolve));
  await expect(takeSpool(folder, state)).rejects.toThrow('another agent ships from');
  await expect(askState(folder)).rejects.toThrow('does not answer');
  for (const socket of sockets) {
    socket.destroy();
  }
  await new Promise((resolve) => silent.close(resolve));
});
