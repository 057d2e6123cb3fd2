# Debian packages of any release, unpacked into folders: no scripts of theirs run, and nothing is installed. A release is
# called `trixie`, or `trixie-arm64` for that architecture's packages.
# Sourced by run.sh. NSTRACE_TEST_VM says where they are kept (/var/tmp/nstrace-vm).
store=${NSTRACE_TEST_VM:-/var/tmp/nstrace-vm}
mirror=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep 'debian/\?$' | head -1)

apt_of() {
  local release=$1; shift
  local folder=$store/$release architecture=amd64
  [[ $release != *-arm64 ]] || architecture=arm64
  "$1" -q -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o Dir::State::lists="$folder/lists" -o Dir::State::status="$folder/status" -o Dir::Cache="$folder" \
    -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null -o APT::Install-Recommends=0 \
    -o APT::Sandbox::User=root "${@:2}"
}

# Lists of a release: nothing counts as installed. Ends with 3 where no mirror of Debian can be reached.
open_release() {
  local folder=$store/$1
  ! compgen -G "$folder/lists/*_Packages*" >/dev/null || return 0
  mkdir -p "$folder/lists/partial" "$folder/archives/partial"
  : >"$folder/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} ${1%-arm64} main" >"$folder/sources.list"
  if ! apt_of "$1" apt-get -o APT::Update::Error-Mode=any update >&2; then
    rm -rf "$folder/lists"
    echo "the packages of Debian $1 cannot be had from ${mirror:-http://deb.debian.org/debian}" >&2
    exit 3
  fi
}

# unpack RELEASE FOLDER PACKAGE...: they and all that they depend on.
unpack() {
  local release=$1 root=$2 deb
  [ ! -e "$root/.whole" ] || return 0
  rm -rf "$root" "$store/$release"/archives/*.deb
  mkdir -p "$root"/usr/{lib,lib64,bin,sbin}
  for deb in lib lib64 bin sbin; do ln -s "usr/$deb" "$root/$deb"; done
  apt_of "$release" apt-get -y -d install "${@:3}" >&2
  for deb in "$store/$release"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$root"
  done
  touch "$root/.whole"
}

# kernel_of RELEASE [FLAVOUR]: the image of its newest cloud kernel, which has no modules that are needed here, or of another
# flavour, as `arm64-16k`.
kernel_of() {
  local release=$1 flavour package binary root
  flavour=cloud-amd64
  [[ $release != *-arm64 ]] || flavour=cloud-arm64
  flavour=${2:-$flavour}
  root=$store/$release/kernel
  [ -z "${2:-}" ] || root=$store/$release/kernel-$2
  if [ ! -e "$root/.whole" ]; then
    package=$(apt_of "$release" apt-cache depends "linux-image-$flavour" | grep -o 'linux-image-[0-9][^ ]*' | tail -1)
    rm -rf "$root" "$store/$release"/archives/*.deb
    mkdir -p "$root"
    # Newer ones have the image itself in a package of its own.
    binary=${package/linux-image-/linux-binary-}
    ! apt_of "$release" apt-cache show "$binary" >/dev/null 2>&1 || package=$binary
    (cd "$store/$release/archives" && apt_of "$release" apt-get download "$package" >&2)
    dpkg-deb --fsys-tarfile "$store/$release"/archives/linux-*.deb | tar -x -C "$root" --wildcards --no-anchored 'vmlinuz*'
    touch "$root/.whole"
  fi
  find "$root" -name 'vmlinuz*' -type f
}
