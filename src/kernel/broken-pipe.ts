/** Whether an error says that a reader has gone, or the terminal. */
export const isBrokenPipe = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EPIPE' || code === 'EIO';
};
