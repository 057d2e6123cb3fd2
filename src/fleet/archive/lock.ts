import { mkdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { exitStatus, messageOf, NstraceError } from '../../errors.ts';

/**
 * Takes a folder, or a share of it, for this process: an abstract socket (unix(7)), which ends with the process. It keeps
 * out other processes of this host.
 *
 * @throws NstraceError (1) if another archive writes there
 */
export const lockArchive = async (folder: string, name: string): Promise<Server> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { dev, ino } = statSync(folder, { bigint: true });
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new NstraceError(
          error.code === 'EADDRINUSE'
            ? `another archive writes to ${folder}`
            : `the archive ${folder} cannot be locked: ${messageOf(error)}`,
          {
            advice: 'several writers have a share each: --share 1/2 and --share 2/2',
            status: exitStatus.failed,
          },
        ),
      ),
    );
    server.listen(`\0nstrace-archive-${dev}-${ino}-${name}`, resolve);
  });
  server.unref();
  return server;
};
