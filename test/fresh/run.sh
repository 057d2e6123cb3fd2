#!/usr/bin/env bash
# npm run test:fresh -- bookworm trixie sid: `npm test` of the last commit in a fresh root of each Debian release, on this
# kernel, with nothing installed but what debootstrap's minbase has and Node (its own where that is 20 or newer, else this
# machine's). NSTRACE_FRESH_TEST is what runs there instead. The roots stay in NSTRACE_TEST_ROOTS, /var/tmp/nstrace-roots.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || { echo 'usage: npm run test:fresh -- RELEASE ...   (bookworm, trixie, sid)' >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo 'it needs root' >&2; exit 3; }
command -v debootstrap >/dev/null || apt-get -qy install --no-install-recommends debootstrap >&2
roots=${NSTRACE_TEST_ROOTS:-/var/tmp/nstrace-roots}
run=${NSTRACE_FRESH_TEST:-npm test}
project=$PWD
mkdir -p "$roots"

# What a release is: downloaded once; each run is on a copy.
base_of() {
  local base=$roots/$1-base
  if [ ! -e "$base/.whole" ]; then
    rm -rf "$base"
    debootstrap --variant=minbase --include=ca-certificates "$1" "$base" >&2
    touch "$base/.whole"
  fi
  echo "$base"
}

# apt and npm are set up as they are here: mirrors, proxies and certificates.
copy_settings() {
  cp -a /etc/apt/apt.conf.d/. "$1/etc/apt/apt.conf.d/"
  cp -L /etc/resolv.conf /etc/hosts "$1/etc/" 2>/dev/null || true
  [ ! -d /usr/local/share/ca-certificates ] || cp -a /usr/local/share/ca-certificates "$1/usr/local/share/"
  cp -a /etc/ssl/certs/. "$1/etc/ssl/certs/"
  local file
  for file in ~/.npmrc /etc/npmrc /usr/etc/npmrc; do
    [ ! -e "$file" ] || install -D "$file" "$1$file"
  done
}

# Debian 12's own Node is 18.
install_node() {
  local version
  version=$(chroot "$1" apt-cache show nodejs | awk '/^Version:/ { split($2, part, "."); print part[1]; exit }')
  if [ "${version:-0}" -ge 20 ]; then
    chroot "$1" apt-get -qy install --no-install-recommends nodejs npm
  else
    local prefix
    prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
    install -D "$prefix/bin/node" "$1/usr/local/bin/node"
    mkdir -p "$1/usr/local/lib/node_modules"
    cp -a "$(npm root --global)/npm" "$1/usr/local/lib/node_modules/"
    ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"
    ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$1/usr/local/bin/npx"
  fi
}

status=0
for release in "$@"; do
  root=$roots/$release-fresh
  echo "== $release" >&2
  rm -rf --one-file-system "$root"
  cp -a "$(base_of "$release")" "$root"
  copy_settings "$root"
  chroot "$root" apt-get -q update >&2
  DEBIAN_FRONTEND=noninteractive install_node "$root" >&2
  git clone -q --no-hardlinks "$project" "$root/nstrace"
  # A mount namespace of its own, and its root as /: runtimes cannot pivot in a chroot. All else is this machine's.
  if unshare --mount --propagation private sh -euc '
    mount --bind "$1" "$1"
    cd "$1"
    for place in proc sys dev; do mount --rbind "/$place" "$place"; done
    mount -t tmpfs tmpfs run
    mount -t tmpfs tmpfs tmp
    mkdir -p old
    pivot_root . old
    umount -l /old
    cd /nstrace
    exec env -i ${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS="$NODE_EXTRA_CA_CERTS"} PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root CI=true TERM=dumb sh -c "$2"
  ' sh "$root" "node --version; $run" </dev/null; then
    echo "== $release: passed" >&2
  else
    echo "== $release: FAILED" >&2
    status=1
  fi
  rm -rf --one-file-system "$root"
done
exit "$status"
