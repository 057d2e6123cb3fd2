import { copyFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { run } from '../support/run.ts';
import { makeBundle } from '../support/runc.ts';
import { type Trace, tool, trace, traced } from '../support/trace.ts';

const name = `nstrace-file-${process.pid}`;
let folder = '';
let merged = '';

/** The busybox root as an image, with a layer above it that a container may write to. */
beforeAll(async () => {
  folder = await makeFolder();
  merged = join(folder, 'merged');
  const layers = { lowerdir: inject('rootfs'), upperdir: join(folder, 'upper'), workdir: join(folder, 'work') };
  for (const place of [merged, layers.upperdir, layers.workdir]) {
    await mkdir(place);
  }
  const options = Object.entries(layers).map(([key, place]) => `${key}=${place}`);
  await execa('mount', ['-t', 'overlay', '-o', options.join(','), 'overlay', merged]);
});
afterAll(async () => {
  await execa('umount', [merged]);
  await removeFolder(folder);
});

const ran = ({ of }: Trace, ...args: string[]) =>
  of('exec').find((record) => record.ret === 0 && record.args.slice(1).join(' ') === args.join(' '));

describe('the file that runs', () => {
  traced('is said where it was written since the image was made, and of a script its interpreter', async () => {
    const bundle = await makeBundle((spec) => {
      spec.root = { path: merged, readonly: false };
    });
    const script = [
      '/bin/noop of-the-image',
      '/bin/busybox cp /bin/noop /tmp/new && /tmp/new written',
      '/bin/busybox chmod 700 /bin/spawn && /bin/spawn 1 /bin/noop by-changed',
      'echo "#!/bin/sh" >/tmp/script; /bin/busybox chmod 755 /tmp/script; /tmp/script as-script',
      'exec 3</tmp/new; /bin/busybox rm /tmp/new; /proc/self/fd/3 deleted',
    ].join('; ');
    try {
      const found = await trace([], () => bundle.run(name, ['sh', '-c', script]));
      const inContainer = { container: { name } };
      expect(ran(found, 'of-the-image')).toMatchObject(inContainer);
      expect(ran(found, 'of-the-image')).not.toHaveProperty('exe_file');
      const written = ran(found, 'written');
      expect(written).toMatchObject({ exe: '/tmp/new', exe_file: { layer: 'upper' }, ...inContainer });
      expect(written?.exe_file).not.toHaveProperty('deleted');
      const { dev } = await stat(merged);
      expect(written?.exe_file?.device).toBe(`${dev >>> 8}:${dev & 0xff}`);
      const spawn = ran(found, '1', '/bin/noop', 'by-changed');
      expect(spawn?.exe_file).toMatchObject({ layer: 'upper', inode: (await stat(join(merged, 'bin/spawn'))).ino });
      expect(ran(found, 'by-changed')).not.toHaveProperty('exe_file');
      expect(ran(found, '/tmp/script', 'as-script')).not.toHaveProperty('exe_file');
      expect(ran(found, 'deleted')?.exe_file).toEqual({ ...written?.exe_file, deleted: true });
    } finally {
      await bundle.remove();
    }
  });

  traced('is said where it has no name, also on the host', async () => {
    const gone = join(folder, 'gone');
    await copyFile(tool('noop'), gone);
    await execa('chmod', ['755', gone]);
    const { ino } = await stat(gone);
    const memory = `my $name = "x"; my $fd = syscall(319, $name, 0); open(my $in, "<", "${gone}"); local $/; open(my $out, ">&=", $fd); $out->autoflush; my $data = <$in>; print $out $data; exec {"/proc/$$/fd/$fd"} "x", "in-memory"`;
    const found = await trace([], async () => {
      await run('perl', '-e', memory);
      await run('sh', '-c', `exec 3<${gone}; rm ${gone}; exec /proc/self/fd/3 nameless`);
      await run(tool('noop'), 'with a name');
    });
    expect(ran(found, 'in-memory')?.exe_file).toMatchObject({ deleted: true });
    expect(ran(found, 'nameless')?.exe_file).toMatchObject({ inode: ino, deleted: true });
    expect(ran(found, 'with a name')).not.toHaveProperty('exe_file');
  });
});
