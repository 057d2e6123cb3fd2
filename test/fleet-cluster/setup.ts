import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';

/** Where the agent of these tests is built: beside the packages that it loads. */
export const agentProgram = join(import.meta.dirname, '../../node_modules/.cache/nstrace-fleet/agent.js');

/** Debian's packages, and an agent that makes up its events. */
export default async (): Promise<void> => {
  await requirePackages();
  await build({
    entryPoints: [join(import.meta.dirname, 'support/agent.ts')],
    outfile: agentProgram,
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' },
    banner: { js: "import { createRequire as r } from 'node:module';\nconst require = r(import.meta.url);" },
    define: { builtFrom: '""' },
    external: ['@duckdb/node-api'],
  });
};

/** Debian's packages of what agents ship to and are watched by, each with a command to look for. */
const needed = [
  ['nats-server', 'nats-server'],
  ['promtool', 'prometheus'],
  ['openssl', 'openssl'],
] as const;

/** The packages enable services, which the tests do not need: RUNLEVEL keeps them from being started. */
const requirePackages = async (): Promise<void> => {
  const missing: string[] = [];
  for (const [command, name] of needed) {
    const found = await execa('sh', ['-c', `command -v ${command}`], { reject: false });
    if (found.exitCode !== 0) {
      missing.push(name);
    }
  }
  if (missing.length > 0) {
    process.stderr.write(`installing ${missing.join(', ')} (apt-get)\n`);
    const env = { RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' };
    await execa('apt-get', ['-q', 'update']);
    await execa('apt-get', ['-qy', 'install', '--no-install-recommends', ...missing], { env });
  }
};
