import { renameSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { exitStatus, messageOf, NstraceError } from '../../errors.ts';
import type { AgentState } from './state.ts';

const socketOf = (folder: string): string => join(folder, 'agent.sock');

/**
 * Takes a spool for this agent, and answers `agent status` on a socket in it.
 *
 * @throws NstraceError (1) if another agent has it
 */
export const takeSpool = async (folder: string, state: () => AgentState): Promise<Server> => {
  const path = socketOf(folder);
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(state()));
  });
  if (!(await listen(server, path))) {
    await removeDead(folder, path);
    if (!(await listen(server, path))) {
      throw taken(folder);
    }
  }
  server.unref();
  return server;
};

/** @returns false if there is a socket already */
const listen = (server: Server, path: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE') {
        resolve(false);
      } else {
        reject(
          new NstraceError(`cannot listen on ${path}: ${messageOf(error)}`, {
            advice: 'name another spool with --spool; a path of a socket has at most 107 characters',
            status: exitStatus.failed,
          }),
        );
      }
    };
    server.once('error', fail);
    server.listen(path, () => {
      server.off('error', fail);
      resolve(true);
    });
  });

/** Removes the socket that an agent left behind that was killed; set aside first, so that it is none that was made meanwhile. */
const removeDead = async (folder: string, path: string): Promise<void> => {
  const aside = `${path}.${process.pid}`;
  if (!(await isDead(path))) {
    throw taken(folder);
  }
  renameSync(path, aside);
  if (!(await isDead(aside))) {
    renameSync(aside, path);
    throw taken(folder);
  }
  rmSync(aside, { force: true });
};

const taken = (folder: string): NstraceError =>
  new NstraceError(`another agent ships from ${folder}`, {
    advice: 'name another spool with --spool, or stop that one',
    status: exitStatus.failed,
  });

/** Whether nobody listens. An agent that is stopped or busy does not answer, and the kernel connects to it all the same. */
const isDead = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED' || code === 'ENOENT'));
  });

/**
 * What the agent of a spool says of itself; undefined if none runs.
 *
 * @throws NstraceError (1) if it does not answer
 */
export const askState = (folder: string): Promise<AgentState | undefined> =>
  new Promise((resolve, reject) => {
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
    asked.on('timeout', () => {
      reject(
        new NstraceError(`the agent of ${folder} does not answer`, {
          advice: 'it is stopped or very busy: look at its process, and ask again',
          status: exitStatus.failed,
        }),
      );
      asked.destroy();
    });
    asked.on('error', () => resolve(undefined));
    asked.end();
  });

const answerMs = 2000;
