import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { recordSchema } from './schema.ts';

/** Writes the JSON Schema of the record format, or with --check says whether the published one is still true. */
const target = fileURLToPath(new URL('../docs/nstrace-1.schema.json', import.meta.url));

const schema = z.toJSONSchema(recordSchema, {
  target: 'draft-2020-12',
  override: ({ jsonSchema }) => {
    // Readers ignore fields they do not know.
    delete jsonSchema.additionalProperties;
  },
});
const text = `${JSON.stringify({ title: 'A line of an nstrace recording', ...schema }, undefined, 2)}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write('docs/nstrace-1.schema.json is not what src/recording/schema.ts says: run npm run schema\n');
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, text);
}
