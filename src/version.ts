import manifest from '../package.json' with { type: 'json' };

/** The commit that this was built from, put in by build.js; not there in tests. */
declare const builtFrom: string | undefined;

export const { version } = manifest;

/** `0.1.0 (commit 1a2b3c4)`, or the version alone where the commit is not known. */
export const fullVersion =
  typeof builtFrom === 'undefined' || builtFrom === '' ? version : `${version} (commit ${builtFrom})`;
