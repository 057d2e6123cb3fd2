# Sourced by run.sh and package.sh: fresh roots of Debian releases, and what runs in them. They stay in NSTRACE_TEST_ROOTS,
# /var/tmp/nstrace-roots; the copy that a run is in is removed after it.

[ "$(id -u)" -eq 0 ] || { echo 'it needs root' >&2; exit 3; }
command -v debootstrap >/dev/null || apt-get -qy install --no-install-recommends debootstrap >&2
roots=${NSTRACE_TEST_ROOTS:-/var/tmp/nstrace-roots}
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

# make_root RELEASE NAME: a new root, whose path is printed.
make_root() {
  local root=$roots/$1-$2
  rm -rf --one-file-system "$root"
  cp -a "$(base_of "$1")" "$root"
  copy_settings "$root"
  chroot "$root" apt-get -q update >&2
  echo "$root"
}

# has_node ROOT: whether the release has Node 20 or newer itself; Debian 12's own is 18.
has_node() {
  local version
  version=$(chroot "$1" apt-cache show nodejs | awk '/^Version:/ { split($2, part, "."); print part[1]; exit }')
  [ "${version:-0}" -ge 20 ]
}

# copy_node ROOT: this machine's Node, where its own installation would put it.
copy_node() { install -D "$(readlink -f "$(command -v node)")" "$1/usr/local/bin/node"; }

# copy_npm ROOT: this machine's npm, which is the same as Debian's without its 400 packages.
copy_npm() {
  mkdir -p "$1/usr/local/lib/node_modules"
  cp -a "$(npm root --global)/npm" "$1/usr/local/lib/node_modules/"
  mkdir -p "$1/usr/local/bin"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$1/usr/local/bin/npx"
}

# run_in ROOT COMMAND [FOLDER]: with that root as /, and all else this machine's. In its own mount namespace, since nstrace rightly
# takes what runs in another one for a container. runc and others can pivot in a chroot whose / is a mount. In a chroot the kernel
# lets nobody make a user namespace, and who joins a mount namespace has the root before it: such tests are skipped by name.
run_in() {
  # shellcheck disable=SC2016
  bash -euc '
    root=$1
    trap "umount --recursive --lazy \"\$root\"" EXIT
    mount --bind "$root" "$root"
    mount --make-private "$root"
    for place in proc sys dev; do
      mount --rbind "/$place" "$root/$place"
      mount --make-rslave "$root/$place"
    done
    mount -t tmpfs tmpfs "$root/run"
    mount -t tmpfs tmpfs "$root/tmp"
    env -i ${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS="$NODE_EXTRA_CA_CERTS"} PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root CI=true NSTRACE_TEST_CHROOT="$root" TERM=dumb \
      chroot "$root" sh -c "cd $3; $2"
  ' bash "$1" "$2" "${3:-/}" </dev/null
}

# each_release NAME RELEASE...: prepare ROOT, then check ROOT, in a fresh root of each; ends with 1 if one did not pass.
each_release() {
  local name=$1 status=0 release root start outcome
  shift
  for release in "$@"; do
    echo "== $release" >&2
    start=$SECONDS
    root=$(make_root "$release" "$name")
    prepare "$root"
    if check "$root"; then
      outcome=passed
    else
      outcome=FAILED
      status=1
    fi
    echo "== $release: $outcome after $(((SECONDS - start) / 60)) min $(((SECONDS - start) % 60)) s, $(du -smx "$root" | cut -f 1) MB on disk" >&2
    rm -rf --one-file-system "$root"
  done
  exit "$status"
}
