#!/usr/bin/env bash
# npm run test:vm -- linux-image.deb ...: nstrace on other kernels, each booted under QEMU without KVM from an initramfs that
# holds node, bpftrace, runc and this build. The host there is cgroup v2 only. Needs qemu-system-x86, cpio, runc, busybox-static.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || { echo 'usage: npm run test:vm -- KERNEL.deb ...   (apt-get download linux-image-6.1.0-NN-cloud-amd64)' >&2; exit 2; }
[ -f dist/nstrace.js ] || node build.js

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,proc,sys,dev,tmp,run,etc,nstrace,box/{bin,proc,sys,dev,tmp}}
busybox=$(command -v busybox)
cp "$busybox" "$root/bin/busybox"
cp "$busybox" "$root/box/bin/busybox"
for applet in sh mount umount mkdir cat echo sleep ls grep tail poweroff true ps env; do
  ln -sf busybox "$root/bin/$applet"
  ln -sf busybox "$root/box/bin/$applet"
done

# A program and the libraries it loads, at the same places.
with_libraries() {
  local file
  for file in "$1" $(ldd "$1" 2>/dev/null | grep -o '/[^ )]*'); do
    mkdir -p "$root$(dirname "$file")"
    cp -L "$file" "$root$file"
  done
}
with_libraries "$(command -v node)"
with_libraries "$(command -v bpftrace)"
with_libraries "$(PATH=$PATH:/usr/sbin command -v runc)"
with_libraries "$(command -v unshare)"
cp -r dist probes bin package.json "$root/nstrace/"
printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"

mkdir "$root/bundle"
(cd "$root/bundle" && runc spec)
node -e '
const fs = require("fs"), file = process.argv[1], spec = JSON.parse(fs.readFileSync(file));
spec.process.terminal = false; spec.process.args = ["sh", "-c", "ls / >/dev/null; exit 5"]; delete spec.process.rlimits;
spec.root = { path: "/box", readonly: true }; fs.writeFileSync(file, JSON.stringify(spec));
' "$root/bundle/config.json"

cat >"$root/init" <<'INIT'
#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
mount -t cgroup2 cgroup /sys/fs/cgroup; mount -t tmpfs tmp /tmp; mount -t tmpfs run /run
# runc moves the root of the container: an initramfs cannot be moved, a tmpfs can.
mkdir -p /tmp/box && mount -t tmpfs box /tmp/box && cp -a /box/. /tmp/box/ 2>/dev/null || busybox cp -a /box/. /tmp/box/
busybox sed -i 's#"/box"#"/tmp/box"#' /bundle/config.json
node /nstrace/bin/nstrace doctor
node /nstrace/bin/nstrace record -o /tmp/vm.ndjson --as root -- sh -c \
  'cd /bundle && runc run --no-pivot xyxy12; unshare -pf true deepest; /bin/true plain'
echo "status $?"
node /nstrace/bin/nstrace timeline /tmp/vm.ndjson -c xyxy12
node /nstrace/bin/nstrace replay /tmp/vm.ndjson --strict --no-header | tail -3
grep '"type":"footer"' /tmp/vm.ndjson
echo VM-DONE
poweroff -f
INIT
# Something else to run there, to look into a failure.
[ -z "${NSTRACE_VM_INIT:-}" ] || cp "$NSTRACE_VM_INIT" "$root/init"
chmod 755 "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/initramfs"

status=0
for deb in "$@"; do
  rm -rf "$work/kernel"
  dpkg-deb -x "$deb" "$work/kernel"
  echo "== $(basename "$deb")"
  timeout "${NSTRACE_VM_SECONDS:-300}" qemu-system-x86_64 -m 3G -smp 2 -nographic -no-reboot \
    -kernel "$(echo "$work"/kernel/boot/vmlinuz-*)" -initrd "$work/initramfs" \
    -append 'console=ttyS0 quiet panic=-1' </dev/null | tee "$work/out"
  grep -q 'xyxy12 (runc)' "$work/out" && grep -q 'STARTS' "$work/out" && grep -q '"complete":true' "$work/out" &&
    grep -q 'VM-DONE' "$work/out" || { echo "FAILED on $(basename "$deb")"; status=1; }
done
exit "$status"
