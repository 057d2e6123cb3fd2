import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { nowSchema } from '../src/now/schema.ts';
import { recordSchema } from '../src/record/schema.ts';
import { timelineSchema } from '../src/timeline/schema.ts';

/** Writes the JSON Schemas of what nstrace prints, or with --check says whether the published ones are still true. */
const published = [
  { name: 'nstrace-1', title: 'A line of an nstrace recording', source: recordSchema },
  { name: 'nstrace-timeline-1', title: 'A line of nstrace timeline -o json', source: timelineSchema },
  { name: 'nstrace-now-1', title: 'A line of nstrace ps, ns or inspect -o json', source: nowSchema },
] as const;

const render = (title: string, source: z.ZodType): string => {
  const schema = z.toJSONSchema(source, {
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      // Readers ignore fields they do not know.
      delete jsonSchema.additionalProperties;
    },
  });
  return `${JSON.stringify({ title, ...schema }, undefined, 2)}\n`;
};

for (const { name, title, source } of published) {
  const target = fileURLToPath(new URL(`../docs/${name}.schema.json`, import.meta.url));
  const text = render(title, source);
  if (!process.argv.includes('--check')) {
    writeFileSync(target, text);
  } else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`docs/${name}.schema.json is not what its source in src says: run npm run schema\n`);
    process.exitCode = 1;
  }
}
