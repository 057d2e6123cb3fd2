/** `1 record`, `2 records`; `2 processes` where the plural is irregular. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
