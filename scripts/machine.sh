# What the commands at the top need of a machine; sourced by run.sh and test.sh. Each need_… installs what it may, and says
# the line to type where it may not.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# A machine may have no home folder yet; the .NET tools want one.
if [ -z "${HOME:-}" ]; then export HOME="$PWD/artifacts/home"; mkdir -p "$HOME"; fi

say() { printf '\n== %s\n' "$*"; }
stop() { printf '\n%s\n' "$*" >&2; exit 1; }

need_dotnet() {
  command -v dotnet >/dev/null || stop "The .NET 10 SDK is missing. Install it: https://dotnet.microsoft.com/download/dotnet/10.0"
  dotnet --list-sdks | grep -q '^10\.' || stop "A .NET 10 SDK is needed; found: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')"
}

need_node() {
  command -v node >/dev/null || stop "Node 20 is missing (the tests drive the vendors' SDKs). Install it: https://nodejs.org"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || stop "Node 20 or newer is needed; found $(node --version)"
}

# The vendors' SDKs, Azurite and the two judging engines, pinned by their lock file.
need_npm_tools() {
  local folder=tests/Support/node
  if [ ! -f "$folder/package-lock.json" ]; then return; fi
  if [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then return; fi
  say "npm packages of the tests"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error) || stop "npm ci failed in $folder; try: (cd $folder && npm ci)"
  touch "$folder/node_modules/.package-lock.json"
}

# Browser tests run the distribution's Chromium; CHROMIUM names another.
need_chromium() {
  if [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ]; then return; fi
  CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
  if [ -z "$CHROMIUM" ]; then
    apt_package chromium "(or set CHROMIUM=/path/to/chrome)"
    CHROMIUM=$(command -v chromium)
  fi
  export CHROMIUM
}

# What presses the server with small requests, in a benchmark that the tests run once, small.
need_wrk() {
  command -v wrk >/dev/null || apt_package wrk
}

# apt_package NAME [OTHERWISE]: installs it where that is allowed, else says the line to type.
apt_package() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "$1"
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null; then return; fi
  fi
  stop "$1 is missing and can't be installed here. Type: sudo apt-get install $1   ${2:-}"
}
