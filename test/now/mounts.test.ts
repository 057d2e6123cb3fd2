import { describe, expect, it } from 'vitest';
import { parseMounts, shownMounts } from '../../src/now/mounts.ts';

/** A line as the kernel writes it (proc_pid_mountinfo(5)). */
const line = (where: string, rest: { device?: string; root?: string; options?: string; end?: string } = {}): string => {
  const { device = '254:0', root = '/', options = 'rw,relatime', end = 'ext4 /dev/vda rw' } = rest;
  return `36 35 ${device} ${root} ${where} ${options} shared:1 - ${end}\n`;
};

const parseOne = (text: string) => {
  const mounts = parseMounts(text);
  expect(mounts).toHaveLength(1);
  return mounts[0]!;
};

describe('parseMounts', () => {
  it('reads what a line says', () => {
    expect(parseOne(line('/data', { device: '8:1', root: '/srv/data' }))).toEqual({
      ...{ where: '/data', type: 'ext4', source: '/dev/vda', root: '/srv/data', device: '8:1' },
      ...{ readOnly: false, layers: [] },
    });
  });

  it.each([
    ['no optional field', '36 35 8:1 / /a rw - ext4 /dev/sda1 rw\n'],
    ['one', '36 35 8:1 / /a rw shared:7 - ext4 /dev/sda1 rw\n'],
    ['several', '36 35 8:1 / /a rw shared:7 master:3 propagate_from:2 - ext4 /dev/sda1 rw\n'],
    ['no source', '36 35 8:1 / /a rw - ext4  rw\n'],
  ])('reads lines with %s', (_what, text) => {
    expect(parseOne(text)).toMatchObject({ where: '/a', type: 'ext4', device: '8:1', readOnly: false });
  });

  it('leaves out what is no line of it, and reads the others', () => {
    const text = `${line('/a')}\nnonsense\n36 35\n${line('/b')}`;
    expect(parseMounts(text).map(({ where }) => where)).toEqual(['/a', '/b']);
    expect(parseMounts('')).toEqual([]);
  });

  it('is read-only if the mount is, or the file system below it', () => {
    expect(parseOne(line('/a', { options: 'ro,nosuid' })).readOnly).toBe(true);
    expect(parseOne(line('/a', { end: 'ext4 /dev/vda ro,errors=remount-ro' })).readOnly).toBe(true);
    expect(parseOne(line('/a', { options: 'rw,errors=remount-ro' })).readOnly).toBe(false);
  });

  it('reads blanks, tabs, newlines and backslashes, which are octal there', () => {
    const mount = parseOne(
      line('/a\\040b\\011c\\012d\\134e', { root: '/r\\040s', end: 'fuse.x some\\040where rw,user_id=0' }),
    );
    expect(mount).toMatchObject({ where: '/a b\tc\nd\\e', root: '/r s', source: 'some where' });
  });

  it('leaves a backslash alone that begins no octal number', () => {
    expect(parseOne(line('/a\\134040b')).where).toBe('/a\\040b');
    expect(parseOne(line('/a\\9')).where).toBe('/a\\9');
  });

  describe('of an overlay', () => {
    const layersOf = (options: string) =>
      parseOne(line('/', { device: '0:51', end: `overlay overlay rw,${options}` })).layers;

    it('has the layers, the uppermost first', () => {
      expect(layersOf('lowerdir=/l/2:/l/1,upperdir=/l/up,workdir=/l/work')).toEqual(['/l/up', '/l/2', '/l/1']);
    });

    it('has only lower ones if nothing can be written', () => {
      expect(layersOf('lowerdir=/l/2:/l/1,redirect_dir=on')).toEqual(['/l/2', '/l/1']);
    });

    it('has those that were given one by one, as new kernels list them', () => {
      expect(layersOf('lowerdir+=/l/2,lowerdir+=/l/1,upperdir=/l/up,workdir=/l/work,uuid=on')).toEqual([
        ...['/l/up', '/l/2', '/l/1'],
      ]);
    });

    it('reads the octal numbers in them', () => {
      expect(layersOf('lowerdir=/a\\040b\\054c:/d,upperdir=/u\\040p')).toEqual(['/u p', '/a b,c', '/d']);
    });

    it('does not divide a layer at a colon of its own', () => {
      // `lowerdir=/c\:d:/b`, as Linux 6.18 shows it.
      expect(layersOf('lowerdir=/c\\134:d:/b')).toEqual(['/c:d', '/b']);
    });

    it('takes no other option for one of them', () => {
      expect(layersOf('xupperdir=/no,lowerdir=/l,workdir=/lowerdir=/no')).toEqual(['/l']);
    });

    it('and only of one', () => {
      expect(parseOne(line('/', { end: 'ext4 /dev/vda rw,lowerdir=/l' })).layers).toEqual([]);
    });
  });
});

describe('shownMounts', () => {
  const host = parseMounts(
    line('/') +
      line('/srv', { device: '8:1' }) +
      line('/mnt/deep', { device: '8:1', root: '/a/b' }) +
      line('/run', { device: '0:23', end: 'tmpfs tmpfs rw,size=1g' }) +
      line('/dev', { device: '0:6', end: 'devtmpfs devtmpfs rw' }) +
      line('/proc', { device: '0:5', end: 'proc proc rw' }),
  );
  const placesOf = (text: string) =>
    shownMounts(parseMounts(text), host).map(({ where, fromHost }) => [where, fromHost] as const);

  it('finds the folder of the host that is bound, by device and root', () => {
    expect(placesOf(line('/data', { root: '/var/lib/data' }))).toEqual([['/data', '/var/lib/data']]);
    expect(placesOf(line('/data', { device: '8:1', root: '/x' }))).toEqual([['/data', '/srv/x']]);
    expect(placesOf(line('/data', { device: '8:1' }))).toEqual([['/data', '/srv']]);
    expect(placesOf(line('/data'))).toEqual([['/data', '/']]);
  });

  it('names the nearest place if the host sees a folder in several', () => {
    expect(placesOf(line('/data', { device: '8:1', root: '/a/b' }))).toEqual([['/data', '/mnt/deep']]);
    expect(placesOf(line('/data', { device: '8:1', root: '/a/b/c' }))).toEqual([['/data', '/mnt/deep/c']]);
  });

  it('does not take a folder for one whose name only begins like it', () => {
    expect(placesOf(line('/data', { device: '8:1', root: '/a/bc' }))).toEqual([['/data', '/srv/a/bc']]);
    const part = parseMounts(line('/mnt/deep', { device: '8:1', root: '/a/b' }));
    expect(shownMounts(parseMounts(line('/data', { device: '8:1', root: '/a/bc' })), part)[0]?.fromHost).toBe(
      undefined,
    );
  });

  it('does not guess where the host sees a disk that it has not mounted', () => {
    expect(placesOf(line('/data', { device: '9:9' }))).toEqual([['/data', undefined]]);
  });

  it('does not call an overlay a folder of the host, though the host sees it too', () => {
    const overlay = line('/', { device: '0:51', end: 'overlay overlay rw,lowerdir=/l' });
    const mounted = parseMounts(line('/var/lib/merged', { device: '0:51', end: 'overlay overlay rw,lowerdir=/l' }));
    expect(shownMounts(parseMounts(overlay), mounted)).toMatchObject([{ where: '/', fromHost: undefined }]);
  });

  it('leaves out what the kernel makes for every container, but not its root', () => {
    const own = [
      line('/', { device: '0:60', end: 'tmpfs tmpfs rw' }),
      line('/proc', { device: '0:61', end: 'proc proc rw' }),
      line('/dev', { device: '0:62', end: 'tmpfs tmpfs rw' }),
      line('/dev/pts', { device: '0:63', end: 'devpts devpts rw' }),
      line('/sys', { device: '0:64', end: 'sysfs sysfs ro' }),
      line('/sys/fs/cgroup', { device: '0:65', end: 'cgroup2 cgroup rw' }),
      line('/data'),
    ];
    expect(placesOf(own.join('')).map(([where]) => where)).toEqual(['/', '/data']);
  });

  it("reports what is bound out of the host's tmpfs: the socket of a container engine is there", () => {
    const socket = line('/var/run/docker.sock', { device: '0:23', root: '/docker.sock', end: 'tmpfs tmpfs rw' });
    expect(placesOf(socket)).toEqual([['/var/run/docker.sock', '/run/docker.sock']]);
  });

  it("reports when it has the host's devices instead of its own", () => {
    expect(placesOf(line('/dev', { device: '0:6', end: 'devtmpfs devtmpfs rw' }))).toEqual([['/dev', '/dev']]);
  });
});
