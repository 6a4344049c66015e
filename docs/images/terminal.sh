#!/usr/bin/env bash
# Writes terminal.svg from a real run of ./tts up, say, sessions, listen and erase. The folder of the run is shown as ~.
set -euo pipefail
tts=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/tts
target=$(dirname "$tts")/docs/images/terminal.svg
cd "$(mktemp -d)"
"$tts" up --http 0 --https 0 >ready 2>/dev/null &
service=$!
trap 'kill $service; wait $service || true; rm -rf "$PWD"' EXIT
until grep -q '^ready ' ready; do kill -0 $service; sleep 0.2; done
TTS_URL=$(sed 's/^ready http=\([^ ]*\).*/\1/' ready)
export TTS_URL

y=36 body=""
escape() { sed -e "s|$PWD|~|g" -e 's/&/\&amp;/g' -e 's/</\&lt;/g'; }
line() { y=$((y + 20)) body+="  <text x=\"20\" y=\"$y\" xml:space=\"preserve\" fill=\"$1\">$2</text>"$'\n'; }
show() {
  line '#e6edf3' "<tspan fill=\"#3fb950\">\$</tspan> $(escape <<<"./tts $1")"
  while IFS= read -r text; do line '#a5adb7' "$(escape <<<"$text")"; done < <(eval "$tts $1")
  y=$((y + 20))
}

show 'say "Stay hungry, " "stay foolish." --out words'
session=$(grep -o 'session [0-9a-f]*' <<<"$body" | head -n 1 | cut -d ' ' -f 2)
show sessions
show "listen $session --from start --out heard.wav"
show "erase $session"

{
  cat <<SVG
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 $((y + 8))" role="img" aria-labelledby="title" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13.5">
  <title id="title">A terminal: speak, list, listen and erase a session</title>
  <!-- Made by terminal.sh from a real run. -->
  <rect width="760" height="$((y + 8))" rx="10" fill="#0d1117" stroke="#30363d"/>
  <circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
SVG
  printf '%s</svg>\n' "$body"
} >"$target"
