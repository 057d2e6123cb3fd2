import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { doctorSchema } from '../src/doctor/schema.ts';
import { nowSchema } from '../src/now/schema.ts';
import { recordSchema } from '../src/record/schema.ts';
import { timelineSchema } from '../src/timeline/schema.ts';
import { renderColumns } from './columns.ts';
import { renderValidator } from './validator.ts';

/** Writes the JSON Schemas of what nstrace prints and the code that checks records, or with --check says whether they are still true. */
const published = [
  { name: 'nstrace-1', title: 'A line of an nstrace recording', source: recordSchema },
  { name: 'nstrace-timeline-1', title: 'A line of nstrace timeline -o json', source: timelineSchema },
  { name: 'nstrace-now-1', title: 'A line of nstrace ps, ns or inspect -o json', source: nowSchema },
  { name: 'nstrace-doctor-1', title: 'What nstrace doctor --json prints', source: doctorSchema },
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

const records = Object.fromEntries(recordSchema.options.map((option) => [option.shape.type.value, option]));

const files = [
  ...published.map(({ name, title, source }) => ({ path: `docs/${name}.schema.json`, text: render(title, source) })),
  { path: 'src/record/valid.ts', text: renderValidator(records) },
  { path: 'src/query/column-types.ts', text: renderColumns(records) },
];

for (const { path, text } of files) {
  const target = fileURLToPath(new URL(`../${path}`, import.meta.url));
  if (!process.argv.includes('--check')) {
    writeFileSync(target, text);
  } else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`${path} is not what its source in src says: run npm run schema\n`);
    process.exitCode = 1;
  }
}
