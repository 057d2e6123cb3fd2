#!/usr/bin/env bash
# npm run test:packages -- bookworm trixie sid: the Debian package and the npm package of this checkout, each installed, run,
# upgraded and removed in a fresh root of each Debian release, on this kernel. What stays behind is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || { echo 'usage: npm run test:packages -- RELEASE ...   (bookworm, trixie, sid)' >&2; exit 2; }
. test/fresh/root.sh
[ -e node_modules/.bin/esbuild ] || bin/setup
tools/package.sh >&2

# A version that is newer by name, for the upgrade.
newer=$(mktemp -d)
trap 'rm -rf "$newer"' EXIT
deb=$(echo build/packages/*.deb)
dpkg-deb -R "$deb" "$newer/tree"
sed -i 's/^Version: .*/&+newer/' "$newer/tree/DEBIAN/control"
dpkg-deb --root-owner-group --build "$newer/tree" "$newer/newer.deb" >/dev/null

prepare() {
  mkdir "$1/packages"
  cp build/packages/* "$newer/newer.deb" test/fresh/inside.sh "$1/packages/"
  copy_npm "$1"
  node=own
  if ! has_node "$1"; then
    # Not on PATH before the launcher was seen without it.
    node=later
    copy_node "$1"
    mv "$1/usr/local/bin/node" "$1/packages/node"
  fi
}

check() {
  run_in "$1" "sh /packages/inside.sh $node" /
}

each_release packages "$@"
