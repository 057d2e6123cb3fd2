import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';

/** Where the agent of these tests is built: beside the packages that it loads. */
export const agentProgram = join(import.meta.dirname, '../../node_modules/.cache/nstrace-fleet/agent.js');

/** Debian's nats-server, and an agent that makes up its events. */
export default async (): Promise<void> => {
  await requireServer();
  await build({
    entryPoints: [join(import.meta.dirname, 'support/agent.ts')],
    outfile: agentProgram,
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' },
    banner: { js: "import { createRequire as r } from 'node:module';\nconst require = r(import.meta.url);" },
    define: { builtFrom: '""' },
    external: ['@duckdb/node-api'],
  });
};

/** The package enables a service at port 4222, which the tests do not need: it is told not to start it. */
const requireServer = async (): Promise<void> => {
  const found = await execa('nats-server', ['--version'], { reject: false });
  if (found.exitCode === 0) {
    return;
  }
  process.stderr.write('installing nats-server (apt-get)\n');
  await execa('apt-get', ['-q', 'update']);
  await execa('apt-get', ['-qy', 'install', '--no-install-recommends', 'nats-server'], { env: { RUNLEVEL: '1' } });
};
