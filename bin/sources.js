'use strict';
const { createHash } = require('node:crypto');
const { readdirSync, readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');

/** What a build is made of, below the project's folder. */
const parts = ['src', 'probes', 'package.json', 'package-lock.json', 'build.js'];

const filesBelow = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => filesBelow(join(path, name)))
    : [path];

/** A digest of the sources in `root`. Written beside each build, as dist/sources. */
const digestOf = (root) => {
  const hash = createHash('sha256');
  for (const file of parts.flatMap((part) => filesBelow(join(root, part)))) {
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
};

/**
 * Whether what is in dist was built from other sources than those beside it, as after `git pull`. An installed package has
 * no sources, and nothing to compare. The digest is made only where a file is newer than the build.
 */
const isStale = (root) => {
  try {
    const built = statSync(join(root, 'dist', 'sources')).mtimeMs;
    const isNewer = parts.some((part) => filesBelow(join(root, part)).some((file) => statSync(file).mtimeMs > built));
    return isNewer && readFileSync(join(root, 'dist', 'sources'), 'utf8') !== digestOf(root);
  } catch {
    return false;
  }
};

module.exports = { digestOf, isStale };
