/**
 * The size of the terminal on standard output. One that has none says 0 x 0, as serial lines and some containers do.
 */
export const terminalSize = (): { columns: number; rows: number } => ({
  columns: process.stdout.columns || 80,
  rows: process.stdout.rows || 24,
});

/** A frame's work grows with its cells. Walls of screens have less than this; what a terminal says beyond it stays empty. */
const maxColumns = 640;
const maxRows = 240;

/** The size of a view on that terminal. */
export const viewSize = (): { columns: number; rows: number } => {
  const { columns, rows } = terminalSize();
  return { columns: Math.min(columns, maxColumns), rows: Math.min(rows, maxRows) };
};
