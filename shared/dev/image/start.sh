#!/bin/sh
# start.sh SERVICE ARGUMENT…: computes the service's permissions from its settings, as `deno task` does, and becomes the
# service, which so gets the container's signals.
set -eu
service=$1
shift
script=$(deno run --quiet --no-prompt --no-check --cached-only --allow-read --allow-env shared/dev/image/start.ts "$service")
eval "$script"
