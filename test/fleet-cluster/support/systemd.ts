import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { vi } from 'vitest';

const cgroups = '/sys/fs/cgroup';

/**
 * A manager moves what is in its own cgroup: it is given one. Then what a system manager makes for its services: the folder
 * by which systemd knows itself, and the nodes that it mounts over what a service may not see.
 */
const script = `set -e
for folder in ${cgroups} ${cgroups}/*; do
  if [ -e $folder/cgroup.procs ] && mkdir $folder/$0; then
    echo $$ >$folder/$0/cgroup.procs || true
  fi
done
if grep -Eq '^(0:|[0-9]+:name=systemd):/$' /proc/self/cgroup; then
  echo "no cgroup of its own" >&2
  exit 1
fi
mount -t tmpfs none /run/systemd
mkdir -p /run/systemd/system /run/systemd/inaccessible/dir
cd /run/systemd/inaccessible
touch reg; mkfifo fifo; mknod chr c 0 0; mknod blk b 0 0
chmod 0 *
exec /lib/systemd/systemd --user --log-target=null`;

const removeCgroups = (folder: string): void => {
  if (existsSync(folder)) {
    for (const entry of readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory())) {
      removeCgroups(join(folder, entry.name));
    }
    rmdirSync(folder);
  }
};

/**
 * A systemd that runs units on this machine, whatever its pid 1 is: a user manager of root, in a mount namespace of its own
 * but in the pid namespace of the host, which nstrace needs.
 */
export class Systemd {
  readonly folder = mkdtempSync(join(tmpdir(), 'nstrace-systemd-'));
  /** The name of its cgroup. */
  readonly #cgroup = basename(this.folder);
  readonly #manager: ReturnType<typeof this.run>;

  private constructor() {
    mkdirSync('/run/systemd', { recursive: true });
    mkdirSync(join(this.folder, 'run'), { mode: 0o700 });
    mkdirSync(this.units, { recursive: true });
    this.#manager = this.run(
      ...['setpriv', '--pdeathsig', 'TERM', 'unshare', '--mount', '--propagation', 'private'],
      ...['sh', '-c', script, this.#cgroup],
    );
  }

  static async start(): Promise<Systemd> {
    const systemd = new Systemd();
    await vi.waitFor(
      async () => {
        const { exitCode, stderr } = await systemd.systemctl('list-units');
        if (exitCode !== 0) {
          throw new Error(stderr);
        }
      },
      { timeout: 30_000, interval: 200 },
    );
    return systemd;
  }

  get units(): string {
    return join(this.folder, 'systemd/user');
  }

  /** Adds a unit, and lines to it. */
  async add(name: string, text: string, more: string): Promise<void> {
    writeFileSync(join(this.units, name), text);
    mkdirSync(join(this.units, `${name}.d`), { recursive: true });
    writeFileSync(join(this.units, `${name}.d/test.conf`), more);
    await this.systemctl('daemon-reload');
  }

  systemctl(...args: string[]) {
    return this.run('systemctl', '--user', ...args);
  }

  async property(unit: string, name: string): Promise<string> {
    return (await this.systemctl('show', unit, '--property', name, '--value')).stdout;
  }

  run(command: string, ...args: readonly string[]) {
    const env = { XDG_RUNTIME_DIR: join(this.folder, 'run'), XDG_CONFIG_HOME: this.folder, HOME: this.folder };
    return execa(command, args, { env, reject: false, stdin: 'ignore' });
  }

  async stop(): Promise<void> {
    await this.systemctl('exit');
    await this.#manager;
    for (const folder of ['', ...readdirSync(cgroups)].map((name) => join(cgroups, name, this.#cgroup))) {
      removeCgroups(folder);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
