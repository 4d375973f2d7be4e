#!/bin/sh
# make_secrets.sh FOLDER OPERATOR_EMAIL: makes the secrets of a deployment, a file each, for compose.yaml and for
# kubernetes/. The operator's password stands in bootstrap.json; take `operator` out of it after the first start.
# Nothing that exists is written over. The user of the images has no name here, so the folder alone is closed to others.
set -eu
folder=$1 operator=$2
[ ! -e "$folder" ] || { echo "$folder exists already: secrets are made once" >&2; exit 1; }
umask 022
mkdir "$folder"
chmod 700 "$folder"
cd "$folder"

random() { openssl rand -hex 32; }
put() { printf '%s\n' "$2" > "$1"; }

put master.key "$(openssl rand -base64 32)"
for client in global meeting media; do put "$client.secret" "$(random)"; done
put turn.secret "$(random)"
put metrics.token "$(random)"
put database.password "$(random)"
put database.url "postgres://dark_tower:$(cat database.password)@postgres:5432/dark_tower"
put redis.password "$(random)"
put live_store.url "redis://:$(cat redis.password)@redis:6379"

cat > bootstrap.json <<JSON
{
  "organization": { "name": "Default", "slug": "default", "open_registration": false },
  "operator": { "email": "$operator", "password": "$(openssl rand -hex 12)", "display_name": "Operator" },
  "clients": [
    {
      "client_id": "global",
      "client_secret": "$(cat global.secret)",
      "service_type": "global-controller",
      "scope": "service.issue-meeting-token.ac service.forward-address.ac service.read-disabled-users.ac service.record-audit.ac service.manage-meetings.mc"
    },
    {
      "client_id": "meeting",
      "client_secret": "$(cat meeting.secret)",
      "service_type": "meeting-controller",
      "scope": "service.register-controller.gc service.issue-meeting-token.gc service.link.mh"
    },
    {
      "client_id": "media",
      "client_secret": "$(cat media.secret)",
      "service_type": "media-handler",
      "scope": "service.register-handler.gc"
    }
  ]
}
JSON
