/** How much was lost, as short as it goes; `?` where nobody knows. */
export const lostText = (lost: number, isUnknown: boolean): string =>
  isUnknown ? (lost === 0 ? '?' : `>=${lost}`) : String(lost);
