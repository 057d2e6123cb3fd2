/**
 * The size of the terminal on standard output. One that has none says 0 x 0, as serial lines and some containers do.
 */
export const terminalSize = (): { columns: number; rows: number } => ({
  columns: process.stdout.columns || 80,
  rows: process.stdout.rows || 24,
});
