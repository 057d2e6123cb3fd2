/** Names of capabilities by bit (include/uapi/linux/capability.h). */
const names = [
  ...['chown', 'dac_override', 'dac_read_search', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap'],
  ...['linux_immutable', 'net_bind_service', 'net_broadcast', 'net_admin', 'net_raw', 'ipc_lock', 'ipc_owner'],
  ...['sys_module', 'sys_rawio', 'sys_chroot', 'sys_ptrace', 'sys_pacct', 'sys_admin', 'sys_boot', 'sys_nice'],
  ...['sys_resource', 'sys_time', 'sys_tty_config', 'mknod', 'lease', 'audit_write', 'audit_control', 'setfcap'],
  ...['mac_override', 'mac_admin', 'syslog', 'wake_alarm', 'block_suspend', 'audit_read', 'perfmon', 'bpf'],
  'checkpoint_restore',
] as const;

export const allCapabilities: readonly string[] = names.map((name) => `CAP_${name.toUpperCase()}`);

/** The names in a mask; bits that are newer than this list by their number. */
export const capabilityNames = (mask: bigint): string[] => {
  const found: string[] = [];
  for (let bits = mask, bit = 0; bits > 0n; bits >>= 1n, bit += 1) {
    if ((bits & 1n) === 1n) {
      found.push(allCapabilities[bit] ?? `CAP_${bit}`);
    }
  }
  return found;
};
