#!/bin/sh
# start.sh SERVICE ARGUMENT…: computes the service's permissions from its settings, as `deno task` does, and becomes the
# service, which so gets the container's signals.
set -eu
service=$1
shift
# From the first process of a container the system keeps signals that it doesn't listen to. The shell heeds one once the
# permissions are there: a service that isn't started yet has ended well, a command has not done its work.
if [ $# -eq 0 ]; then
  trap 'exit 0' TERM INT
else
  trap 'exit 143' TERM
  trap 'exit 130' INT
fi
script=$(deno run --quiet --no-prompt --no-check --cached-only --allow-read --allow-env shared/dev/image/start.ts "$service")
eval "$script"
