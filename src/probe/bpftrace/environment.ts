/** What bpftrace sees of the environment: nothing that the caller of sudo could have set to run code or change output. */
export const cleanEnvironment = (extra: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  ...extra,
});
