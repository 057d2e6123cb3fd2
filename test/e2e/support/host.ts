/** A path of ours as the host calls it: nstrace names the host's, and in a fresh root (test/fresh) that is the root of a chroot. */
export const onHost = (path: string): string => `${process.env.NSTRACE_TEST_CHROOT ?? ''}${path}`;
