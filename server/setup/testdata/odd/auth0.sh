#!/bin/sh
# The tenant's side of the page at https://example.com/a/accounts/, by the auth0 CLI.
# Look at it before you run it.
set -eu

client_id='abc'

# These take the place of what the application has.
auth0 apps update "$client_id" --no-input --json --type spa --auth-method None \
  --grants code,refresh-token \
  --callbacks 'https://example.com/a/accounts/callback' \
  --logout-urls 'https://example.com/a/accounts/' \
  --web-origins 'https://example.com' \
  --origins 'https://example.com'

# Each connection is enabled for this application too; others keep theirs.
enable() {
  id=$(auth0 api get connections --no-input -q "name=$1" -q "fields=id" |
    sed -n 's/.*"id": *"\(con_[A-Za-z0-9]*\)".*/\1/p' | head -n 1)
  if [ -z "$id" ]; then
    echo "The tenant has no connection $1." >&2
    exit 1
  fi
  auth0 api patch "connections/$id/clients" --no-input --data "[{\"client_id\":\"$client_id\",\"status\":true}]"
}
enable 'a.b'
enable 'a_b'

# People's access to the Management API, for this application alone.
auth0 client-grants create --no-input --client-id "$client_id" --audience 'https://acme.eu.auth0.com/api/v2/' \
  --subject-type user --scopes 'read:current_user,update:current_user_identities'
