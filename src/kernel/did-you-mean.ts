import leven, { closestMatch } from 'leven';

/** Letters that differ in a slip: two in a swap. */
const slips = (word: string): number => (word.length <= 3 ? 1 : word.length <= 7 ? 2 : 3);

/** The word of these that was probably meant: a slip of a letter or two, or a beginning. */
export const nearest = (word: string, among: readonly string[]): string | undefined => {
  const begun = word.length > 1 ? among.find((candidate) => candidate.startsWith(word)) : undefined;
  return begun ?? closestMatch(word, among, { maxDistance: slips(word) });
};

/** The nearest words, best first: at most N of them. */
export const nearestFew = (word: string, among: readonly string[], most: number): string[] => {
  const maxDistance = slips(word);
  return among
    .map((candidate) => ({ candidate, distance: distanceOf(word, candidate, maxDistance) }))
    .filter(({ distance }) => distance <= maxDistance)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ candidate }) => candidate);
};

/** A beginning or a part of a word is as near as one slip. */
const distanceOf = (word: string, candidate: string, maxDistance: number): number =>
  word.length > 1 && candidate.includes(word) ? 1 : leven(word, candidate, { maxDistance: maxDistance + 1 });

/** `did you mean exit?`, or else what there is. */
export const didYouMean = (word: string, among: readonly string[], otherwise: string): string => {
  const near = nearest(word, among);
  return near === undefined ? otherwise : `did you mean ${near}?`;
};
