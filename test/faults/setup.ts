import type { TestProject } from 'vitest/node';
import setUpTests from '../e2e/setup.ts';
import { forgetRows, showTable } from './table.ts';

export default async (project: TestProject): Promise<() => Promise<void>> => {
  forgetRows();
  const tearDown = await setUpTests(project);
  return async () => {
    await tearDown();
    showTable();
  };
};
