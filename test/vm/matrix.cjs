// node test/vm/matrix.cjs FOLDER: what run.sh left there, as a table: kernels down, bpftraces across.
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const folder = process.argv[2];
const cells = new Map();
const kernels = new Map();
const tracers = new Map();
const others = [];
for (const name of readdirSync(folder)) {
  const [release, tracer, how = ''] = name.replace('.txt', '').split('+');
  const kernel = `${release} ${how}`.trim();
  const lines = readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.slice('CHECK '.length));
  const said = (key) => lines.find((line) => line.startsWith(`${key} = `))?.slice(key.length + 3);
  const failed = lines.filter((line) => line.includes(' FAILED'));
  const passed = lines.filter((line) => line.endsWith(' ok')).length;
  const text =
    failed.length > 0 ? `${failed.map((line) => line.split(' ')[0]).join(', ')} failed` : `all ${passed} checks`;
  if (tracer === 'none') {
    others.push(
      ...lines
        .filter((line) => / = /.test(line) && line.includes('-said'))
        .map((line) => line.replace('-said = ', ': ')),
    );
    continue;
  }
  kernels.set(kernel, said('kernel') ?? kernel);
  tracers.set(tracer, said('bpftrace') ?? tracer);
  cells.set(`${kernel}/${tracer}`, said('said') ?? text);
}
const order = ['bullseye', 'bookworm', 'trixie', 'sid'];
const columns = order.filter((name) => tracers.has(name));
const place = (kernel) => order.indexOf(kernel.split(' ')[0]);
const hows = {
  v1: ', cgroups v1',
  hybrid: ', cgroups v1 and v2',
  arm64: ', arm64, 4 KB pages',
  'arm64-16k': ', arm64, 16 KB pages',
};
const row = (values) => `| ${values.join(' | ')} |`;
console.log(row(['kernel (Debian)', ...columns.map((name) => `bpftrace ${tracers.get(name).slice(1)}`)]));
console.log(row(['--', ...columns.map(() => '--')]));
for (const kernel of [...kernels.keys()].sort((a, b) => place(a) - place(b) || a.length - b.length)) {
  const [release, how = ''] = kernel.split(' ');
  console.log(
    row([
      `${kernels.get(kernel)} (${release}${hows[how] ?? ''})`,
      ...columns.map((tracer) => cells.get(`${kernel}/${tracer}`) ?? ''),
    ]),
  );
}
for (const line of others) {
  console.log(`- ${line}`);
}
