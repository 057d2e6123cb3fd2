import { bindingsOf } from './bindings.ts';

/** Every key, section by section. */
export const helpLines = (isReplay: boolean): string[] => {
  let section = '';
  return bindingsOf(isReplay).flatMap((binding) => {
    const title = binding.section === section ? [] : [binding.section];
    section = binding.section;
    const more = (binding.more ?? []).map((line) => `  ${''.padEnd(26)} ${line}`);
    return [...title, `  ${binding.label.padEnd(26)} ${binding.what}`, ...more];
  });
};
