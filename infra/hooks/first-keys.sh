#!/bin/sh
# After a deployment: where it answers, and the first time the first project's keys, once. Provisioning alone could not print them, for the project is
# made by the app's first start.
set -eu

url=${SERVICE_API_URI%/}
key_file=".azure/$AZURE_ENV_NAME/admin-key"
minutes_to_wait=5

echo "Waiting for $url"
tries=0
until curl -sf -o /dev/null "$url/api/v1/health/live"; do
  tries=$((tries + 1))
  if [ $tries -ge $((minutes_to_wait * 12)) ]; then
    echo "It has not answered for $minutes_to_wait minutes. docs/operations/azure.md, 'It does not start', says where to look; then: azd hooks run postdeploy" >&2
    exit 1
  fi
  sleep 5
done

if [ ! -f "$key_file" ]; then
  echo "Cairn answers at $url"
  exit 0
fi

# The key goes to curl by its standard input: arguments are there for everyone on this machine to see.
ask() { path=$1; shift; printf 'Authorization: Bearer %s' "$(cat "$key_file")" | curl -sSf --header @- "$@" "$url/api/v1/$path"; }
first() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d'"' -f4; }
token() { printf %s "$tokens" | tr '{' '\n' | grep "\"$1\"" | first token; }

project=$(ask projects | first id)
tokens=$(ask "projects/$project/tokens")
secret=$(ask "projects/$project/keys" -X POST -d '{"name":"first secret","role":"admin"}' | first secret)
link=$(ask "projects/$project/sign-in-links" -X POST -d '{"role":"admin"}' | first url)

cat <<KEYS

Cairn is ready. The first project and its keys, shown once:
  address                 $url
  project id              $project
  Mixpanel token          $(token mixpanel_token)
  Amplitude API key       $(token amplitude_api_key)
  Segment write key       $(token segment_write_key)
  secret                  $secret
  admin key               $(cat "$key_file")

Keep the secret and the admin key where your team keeps secrets. Open the first page within ten minutes (the link works once):
  $link
KEYS
rm -f "$key_file"
