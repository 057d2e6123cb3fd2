/** `5`, `at least 5`, or that nobody knows: how many events were lost. */
export const lostWords = ({ count, exact }: { readonly count: number; readonly exact: boolean }): string =>
  exact ? String(count) : count > 0 ? `at least ${count}` : 'nobody knows how many';
