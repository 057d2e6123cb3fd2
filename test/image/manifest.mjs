// Holds packaging/daemonset.yaml to the published types of Kubernetes: values by its validators, and no field that there is not.
// node manifest.mjs FOLDER, in which kubernetes-models, yaml and the types can be found.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = resolve(process.argv[2]);
const require = createRequire(join(folder, 'from.js'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const root = resolve(import.meta.dirname, '../..');
const { parseAllDocuments } = await load('yaml');
const objects = parseAllDocuments(readFileSync(join(root, 'packaging/daemonset.yaml'), 'utf8')).map((each) =>
  each.toJS(),
);
const lines = [];
for (const [index, object] of objects.entries()) {
  const { apiVersion, kind } = object;
  const { [kind]: Model } = await import(
    pathToFileURL(join(folder, `node_modules/kubernetes-models/${apiVersion}/${kind}.js`)).href
  );
  new Model(object).validate();
  lines.push(`import type { I${kind} as Kind${index} } from 'kubernetes-models/${apiVersion}/${kind}';`);
  lines.push(`export const object${index}: Kind${index} = ${JSON.stringify(object)};`);
}
writeFileSync(join(folder, 'manifest.ts'), lines.join('\n'));
const strict = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--moduleResolution', 'nodenext'];
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...strict, 'manifest.ts'], {
  cwd: folder,
  stdio: 'inherit',
});
console.log(`ok: ${objects.map(({ kind }) => kind).join(' and ')} of the manifest are valid`);
