#!/usr/bin/env bash
# next 16.4.6 (React 19.3.1), Node.js 20.9 or newer.
#
# Expected: `"type": "module"` in package.json changes no build: neither Turbopack's nor webpack's (`--webpack`).
# Seen: with it, webpack's build of any app that has a route handler of the edge runtime fails ("Failed to collect page
# data"), since it opens route_client-reference-manifest.js, which it has not written. Without it, and with Turbopack, the
# same app is built.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export NEXT_TELEMETRY_DISABLED=1
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --save-exact next@16.4.6 react@19.3.1 react-dom@19.3.1
mkdir -p app/api
cat > app/layout.js <<'JS'
export default function Layout({ children }) {
  return <html><body>{children}</body></html>;
}
JS
cat > app/api/route.js <<'JS'
export const runtime = "edge";
export const GET = () => new Response("hello");
JS
builds() {
  rm -rf .next
  npx next build "$@" > build.log 2>&1
}
shown() {
  cat build.log
  exit 1
}
builds --webpack || shown
npm pkg set type=module
builds || shown
if builds --webpack; then
  echo "webpack builds it now"
  exit 1
fi
grep -q "ENOENT.*app/api/route_client-reference-manifest.js" build.log || shown
echo "as described"
