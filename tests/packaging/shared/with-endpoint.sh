# Runs a command of a test runner with the endpoint, which comes last, in ENDPOINT, and prints the result that it wrote.
for endpoint; do :; done
ENDPOINT=$endpoint RESULT=$PWD/result.json
export ENDPOINT RESULT
rm -f result.json
count=$#
for argument; do
  shift
  count=$((count - 1))
  [ "$count" -gt 0 ] && set -- "$@" "$argument"
done
"$@" && cat result.json
