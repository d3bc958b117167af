#!/bin/sh
# Before the first provisioning: makes the key to the whole deployment. Azure is told its SHA-256 only; the key itself waits in the environment's
# folder, readable by its owner, until first-keys.sh shows it once. Also notes the month from which the budget counts, which can't change later.
set -eu

folder=".azure/$AZURE_ENV_NAME"
if [ -z "${CAIRN_ADMIN_KEY_SHA256:-}" ]; then
  key="cairn_admin_$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"
  if command -v sha256sum >/dev/null; then hash=$(printf %s "$key" | sha256sum); else hash=$(printf %s "$key" | shasum -a 256); fi
  mkdir -p "$folder"
  (umask 077 && printf %s "$key" > "$folder/admin-key")
  azd env set CAIRN_ADMIN_KEY_SHA256 "${hash%% *}"
fi
if [ -z "${CAIRN_BUDGET_START:-}" ]; then azd env set CAIRN_BUDGET_START "$(date -u +%Y-%m-01)"; fi
