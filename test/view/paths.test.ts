import { describe, expect, it } from 'vitest';
import { withoutFolders } from '../../src/view/paths.ts';

describe('a text with paths that has no room', () => {
  it.each([
    ['/var/lib/nstrace/s.ndjson: line 88: it is not JSON', 40, '.../s.ndjson: line 88: it is not JSON'],
    ['/var/lib/a.ndjson, day/two/b.ndjson', 20, '.../a.ndjson, .../b.ndjson'],
    ['/var/lib/nstrace/s.ndjson', 25, '/var/lib/nstrace/s.ndjson'],
    ['/srv/日本/s.ndjson', 17, '.../s.ndjson'],
    ['/my recordings/of/today/s.ndjson', 20, '/my .../s.ndjson'],
    ['a/b', 2, 'a/b'],
    ['day/s.ndjson: it is no exec of nstrace/1', 20, 'day/s.ndjson: it is no exec of nstrace/1'],
    ['~/day/s.ndjson ../two/s.ndjson', 20, '.../s.ndjson .../s.ndjson'],
    ['/s.ndjson is no recording', 20, '/s.ndjson is no recording'],
    ['writing /mnt/usb/stick/s.ndjson failed: EIO', 10, 'writing .../s.ndjson failed: EIO'],
    ['a folder: /mnt/usb/stick/', 10, 'a folder: .../stick/'],
  ])('%j in %i columns', (text, columns, shown) => {
    expect(withoutFolders(text, columns)).toBe(shown);
  });
});
