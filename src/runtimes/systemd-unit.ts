/** systemd writes `\x2d` for a `-` and the like in names of units (systemd.unit(5)). */
export const unescapeUnit = (name: string): string =>
  name.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** The systemd unit that a process belongs to, by the path of its cgroup: the innermost service or scope. */
export const unitOf = (path: string): string | undefined =>
  path.split('/').findLast((folder) => /.\.(?:service|scope)$/.test(folder));
