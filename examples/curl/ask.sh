#!/usr/bin/env bash
# Asks a question and shows the answer while it is written, with bash, curl and jq.
#
#   examples/curl/ask.sh "How do I reset my password?"
#
# API is the server's address, EMAIL and PASSWORD the customer's; without them a new one is made.
set -euo pipefail

api=${API:-http://127.0.0.1:8080}
question=${1:?what do you want to ask?}

# --fail-with-body: a refusal explains itself. --retry waits as Retry-After says.
call() { curl -sS --fail-with-body --retry 5 --retry-connrefused "$@"; }

account=$(jq -nc --arg email "${EMAIL:-customer-$RANDOM$RANDOM@example.com}" \
  --arg password "${PASSWORD:-correct horse battery}" '{email: $email, password: $password}')
if [ -z "${EMAIL:-}" ]; then
  call "$api/auth/signup" --json "$account" >/dev/null
fi
token=$(call "$api/auth/login" --json "$account" | jq -r .access_token)

# The key makes a second copy of the request harmless, should the first one's answer be lost.
ticket=$(jq -nc --arg question "$question" '{title: ($question | .[:120]), description: $question}' |
  call "$api/tickets" --json @- -H "Authorization: Bearer $token" \
    -H "Idempotency-Key: ask-$$-$RANDOM$RANDOM$RANDOM" | jq -r .id)

# What stands in the data of one event.
handle() {
  case $1 in
    response.output_text.delta) jq -j .delta <<<"$2" ;;
    response.created) [ -z "$last_id" ] || printf '\n--- once more ---\n' ;;
    response.restarted) printf '\n--- once more ---\n' ;;
    response.snapshot) printf '\n--- once more ---\n' && jq -j .text <<<"$2" ;;
    response.completed)
      jq -j '.response.sources[]? | "\n[\(.number)] \([.title, .heading, .url | values] | join(", "))"' <<<"$2"
      ended=yes
      ;;
    response.incomplete | response.cancelled | response.failed)
      jq -j '.response | "\n\(.status): \(.error.message // "")"' <<<"$2"
      ended=yes
      ;;
    stream.closing) [ "$(jq -r .reason <<<"$2")" != access_lost ] || ended=yes ;;
  esac
}

# A stream that breaks off is asked for again with the id of the last event that came whole: what
# follows is exactly what is missing. Heartbeats come every 15 seconds, so 45 without a line mean a dead
# connection.
ended='' last_id=''
until [ -n "$ended" ]; do
  came='' id=''
  while IFS= read -r -t 45 line; do
    came=yes
    case $line in
      'id: '*) id=${line#id: } ;;
      'event: '*) event=${line#event: } ;;
      'data: '*) handle "$event" "${line#data: }" && last_id=${id:-$last_id} id='' ;;
      '{'*) printf '%s\n' "$line" >&2 ;; # why it was refused
    esac
  done < <(exec curl -sSN --fail-with-body --retry 5 --retry-connrefused \
    "$api/tickets/$ticket/ai-response" \
    -H "Authorization: Bearer $token" ${last_id:+-H "Last-Event-ID: $last_id"} 2>/dev/null)
  kill $! 2>/dev/null || true # it may only have fallen silent
  status=0
  wait $! || status=$?
  [ "$status" -ne 22 ] || exit 1                     # refused for good
  [ "$status" -ne 0 ] || [ -n "$came" ] || ended=yes # 204: there is nothing more
  # Not all readers at once, when a server comes back.
  [ -n "$ended" ] || sleep "1.$((5 + RANDOM % 5))"
done
printf '\n'
