import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';
import { makeFolder, removeFolder } from './support/folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Why tests that trace cannot run here; empty if they can. */
    cannotTrace: string;
    /** The same of tests that a chroot is no place for. */
    inChroot: string;
    /** The same of tests that run systemd-nspawn. */
    cannotNspawn: string;
    /** The folder of the compiled test programs. */
    tools: string;
    /** A root file system with busybox. */
    rootfs: string;
  }
}

/** Makes once what all e2e tests use: static programs and a busybox root file system. Removes it at the end. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const why = cannotTrace();
  if (why !== '' && process.env.CI) {
    throw new Error(`e2e tests cannot run here: ${why}`);
  }
  const folder = await makeFolder();
  const tools = join(folder, 'tools');
  const rootfs = join(folder, 'rootfs');
  if (why === '') {
    await compile(join(import.meta.dirname, 'tools'), tools);
    await makeRootfs(rootfs, tools);
  } else {
    process.stderr.write(`e2e tests are skipped: ${why}\n`);
  }
  project.provide('cannotTrace', why);
  project.provide('inChroot', why === '' ? await inChroot() : why);
  project.provide('cannotNspawn', why === '' ? await cannotNspawn(rootfs) : why);
  project.provide('tools', tools);
  project.provide('rootfs', rootfs);
  return () => removeFolder(folder);
};

const cannotTrace = (): string => {
  if (process.geteuid?.() !== 0) {
    return 'tracing needs root';
  }
  return existsSync('/sys/kernel/btf/vmlinux') ? '' : 'the kernel has no BTF';
};

/**
 * The kernel lets nobody make a user namespace in a chroot, and whoever joins a mount namespace has the root before it. In CI that is
 * no excuse, but where test/fresh says that it made the chroot.
 */
const inChroot = async (): Promise<string> => {
  if (process.env.CI && process.env.NSTRACE_TEST_CHROOT === undefined) {
    return '';
  }
  const { exitCode } = await execa('unshare', ['--user', 'true'], { reject: false });
  return exitCode === 0 ? '' : 'a chroot, or no user namespaces';
};

/** systemd 258 and newer run with cgroups v2 alone, and in a chroot the cgroups are those of another release's machine. */
const cannotNspawn = async (rootfs: string): Promise<string> => {
  if (process.env.CI && process.env.NSTRACE_TEST_CHROOT === undefined) {
    return '';
  }
  const words = ['-D', rootfs, '--register=no', '--keep-unit', '--quiet', '/bin/true'];
  const { stderr } = await execa('systemd-nspawn', words, { reject: false, stdin: 'ignore' });
  return /cgroup v1 .*refusing/.test(stderr) ? 'a systemd that refuses cgroups v1' : '';
};

const compile = async (sources: string, tools: string): Promise<void> => {
  await execa('mkdir', ['-p', tools]);
  for (const source of await readdir(sources)) {
    const program = join(tools, source.replace(/\.c$/, ''));
    await execa('gcc', ['-O2', '-static', '-pthread', '-o', program, join(sources, source)]);
  }
};

const applets = ['sh', 'sleep', 'top', 'ps', 'true', 'false', 'echo', 'cat', 'ls', 'kill', 'dd'];

const makeRootfs = async (rootfs: string, tools: string): Promise<void> => {
  await execa('mkdir', ['-p', ...['bin', 'proc', 'sys', 'dev', 'tmp', 'etc', 'usr'].map((name) => join(rootfs, name))]);
  const { stdout } = await execa('sh', ['-c', 'command -v busybox']);
  await execa('cp', [stdout, join(rootfs, 'bin/busybox')]);
  await execa('cp', [join(tools, 'spawn'), join(tools, 'noop'), join(rootfs, 'bin')]);
  // systemd-nspawn looks for it.
  await writeFile(join(rootfs, 'etc/os-release'), 'ID=nstrace-test\n');
  for (const applet of applets) {
    await execa('ln', ['-s', 'busybox', join(rootfs, 'bin', applet)]);
  }
};
