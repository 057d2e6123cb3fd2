#!/usr/bin/env bash
# npm run package: an npm package and a Debian package of this checkout, and what an agent loads for NATS, OTLP and /metrics,
# in build/packages.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$PWD/build/packages
rm -rf "$out"
mkdir -p "$out"

npm pack --loglevel=error --pack-destination "$out" >/dev/null
tarball=$(echo "$out"/nstrace-*.tgz)
version=$(node -p "require('./package.json').version")

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
lib=$stage/usr/lib/nstrace
doc=$stage/usr/share/doc/nstrace
completions=$stage/usr/share/bash-completion/completions
zsh=$stage/usr/share/zsh/vendor-completions
fish=$stage/usr/share/fish/vendor_completions.d
mkdir -p "$lib" "$doc" "$completions" "$zsh" "$fish" "$stage"/usr/{bin,share/man/man8} "$stage/DEBIAN"

# What npm would install is what Debian gets.
tar -xzf "$tarball" -C "$lib" --strip-components=1
mv "$lib"/docs/nstrace.8 "$stage/usr/share/man/man8/"
gzip -9n "$stage/usr/share/man/man8/nstrace.8"
mv "$lib"/docs "$lib"/README.md "$doc/"
gzip -9nc CHANGELOG.md >"$doc/changelog.gz"
mv "$lib"/LICENSE "$doc/copyright"
ln -s ../lib/nstrace/bin/nstrace "$stage/usr/bin/nstrace"
bin/nstrace completion bash >"$completions/nstrace"
bin/nstrace completion zsh >"$zsh/_nstrace"
bin/nstrace completion fish >"$fish/nstrace.fish"
for unit in packaging/*.service; do
  [ -e "$unit" ] || continue
  install -D -m 644 "$unit" "$stage/usr/lib/systemd/system/${unit##*/}"
done

find "$stage" -type d -exec chmod 755 {} +
find "$stage" -type f -exec chmod 644 {} +
chmod 755 "$lib/bin/nstrace"
for script in postinst prerm postrm; do install -m 755 "packaging/$script" "$stage/DEBIAN/"; done
size=$(du -sk --exclude=DEBIAN "$stage" | cut -f 1)
sed -e "s/@VERSION@/$version/" -e "s/@SIZE@/$size/" packaging/control >"$stage/DEBIAN/control"
dpkg-deb --root-owner-group --build "$stage" "$out/nstrace_${version}_all.deb" >/dev/null

# The optional libraries, in the ranges of package.json; DuckDB is only for queries, and large.
mkdir "$stage/libraries"
node -p "Object.entries(require('./package.json').peerDependencies).map((pair) => pair.join('@')).filter((one) => !one.includes('duckdb')).join('\n')" |
  xargs npm install --prefix "$stage/libraries" --no-package-lock --no-audit --no-fund --loglevel=error >/dev/null
tar -C "$stage/libraries" --owner=0 --group=0 -czf "$out/libraries-$version.tgz" node_modules

ls -l --block-size=K "$out" | awk 'NR > 1 { print $5, $9 }'
