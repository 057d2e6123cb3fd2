import type { ReportData } from '../data.ts';
import { byId } from './dom.ts';

/** The data stand in the page, compressed. */
export const readData = async (): Promise<ReportData> => {
  const text = byId('data').textContent!;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return (await new Response(stream).json()) as ReportData;
};
