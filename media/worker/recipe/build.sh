#!/bin/sh
# Builds mediasoup's worker from the sources in its npm package with Debian's libraries: nothing else is downloaded.
#   build.sh PACKAGE_FOLDER OUTPUT_FILE   build, check, put in place
#   build.sh --missing                    the Debian packages that the build needs and that are not installed, one a line
set -eu
here=$(cd "$(dirname "$0")" && pwd)
packages="g++ meson ninja-build pkg-config libuv1-dev libssl-dev libsrtp2-dev libabsl-dev libflatbuffers-dev flatbuffers-compiler"

missing() {
  for name in $packages; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)
    # pkg-config is a transitional name on newer releases.
    [ "$status" = installed ] || { [ "$name" = pkg-config ] && command -v pkg-config >/dev/null; } || echo "$name"
  done
}

if [ "${1:-}" = --missing ]; then
  missing
  exit 0
fi

package=$1 output=$2
lacking=$(missing | tr '\n' ' ')
[ -z "$lacking" ] || { echo "Debian packages are missing: $lacking" >&2; exit 3; }

work=$(mktemp -d)
running=
trap 'rm -rf "$work"' EXIT
trap '[ -z "$running" ] || { kill "$running" 2>/dev/null; wait "$running"; }; exit 143' TERM INT HUP
# A shell acts on a signal only between its commands; waiting for one in the background can be interrupted.
run() {
  "$@" &
  running=$!
  wait "$running"
  running=
}
cp -r "$package/worker" "$work/worker"
chmod -R u+w "$work/worker"
cp -r "$here/overlay/." "$work/worker/subprojects/"
cp -r "$here/pch" "$work/worker/pch"
cd "$work/worker"

# patch FILE WANTED EXPRESSION: a source that no longer has the line to change stops the build instead of changing it silently.
patch() {
  sed -i "$3" "$1"
  grep -q -F -- "$2" "$1" || { echo "cannot patch $1: expected to find \"$2\"" >&2; exit 4; }
}
# Debian 12 has meson 1.0.1, which builds it.
patch meson.build ">= 1.0.0" "s/meson_version: '>= 1.1.0'/meson_version: '>= 1.0.0'/"
# A BIO control call must get its own answer: with kernel TLS compiled into OpenSSL the constant 1 crashes the first handshake.
patch src/RTC/DtlsTransport.cpp "operationType & BIO_CB_RETURN" \
  's/(operationType == BIO_CB_RETURN) ? static_cast<long>(ret) : 1/((operationType \& BIO_CB_RETURN) != 0) ? static_cast<long>(ret) : 1/'
# Most of the time goes into the same headers again and again.
patch meson.build "cpp_pch: 'pch/worker.hpp'" "s|^  install_tag: 'mediasoup-worker',\$|&\n  cpp_pch: 'pch/worker.hpp',|"

meson setup build --buildtype=release -Db_ndebug=true --wrap-mode=nodownload
# The precompiled header includes generated ones, which meson 1.0 doesn't know: they come first.
run ninja -C build fbs/FBS/worker.h
run ninja -C build mediasoup-worker
strip -o "$output" build/mediasoup-worker
# A worker without its parent's environment refuses to run with this status: the binary and its libraries load.
status=0
env -i "$output" >/dev/null 2>&1 || status=$?
[ "$status" = 41 ] || { rm -f "$output"; echo "the built worker does not run (exit $status)" >&2; exit 5; }
