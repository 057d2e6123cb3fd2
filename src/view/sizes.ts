/** Bytes in units of 1024: `17B`, `1.2K`, `340M`. */
export const size = (bytes: number): string => {
  const units = ['B', 'K', 'M', 'G', 'T'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 || value >= 100 ? `${Math.round(value)}${units[unit]}` : `${value.toFixed(1)}${units[unit]}`;
};
