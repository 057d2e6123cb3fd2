import { rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import { exitStatus, messageOf, NstraceError } from '../errors.ts';
import type { AgentState } from './state.ts';

const socketOf = (folder: string): string => join(folder, 'agent.sock');

/**
 * Takes a spool for this agent, and answers `agent status` on a socket in it.
 *
 * @throws NstraceError (1) if another agent has it
 */
export const takeSpool = async (folder: string, state: () => AgentState): Promise<Server> => {
  const path = socketOf(folder);
  if ((await askState(folder)) !== undefined) {
    throw new NstraceError(`another agent ships from ${folder}`, {
      advice: 'name another spool with --spool, or stop that one',
      status: exitStatus.failed,
    });
  }
  // Left behind by an agent that was killed.
  rmSync(path, { force: true });
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(state()));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new NstraceError(`cannot listen on ${path}: ${messageOf(error)}`, {
          advice: 'name another spool with --spool; a path of a socket has at most 107 characters',
          status: exitStatus.failed,
        }),
      ),
    );
    server.listen(path, resolve);
  });
  server.unref();
  return server;
};

/** What the agent of a spool says of itself; undefined if none runs. */
export const askState = (folder: string): Promise<AgentState | undefined> =>
  new Promise((resolve) => {
    const asked = request({ socketPath: socketOf(folder), path: '/', timeout: answerMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as AgentState);
        } catch {
          resolve(undefined);
        }
      });
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined));
    asked.end();
  });

const answerMs = 2000;
