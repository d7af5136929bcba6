#!/bin/sh
# The tenant's side of the page at https://example.com/a/accounts/, by the auth0 CLI.
# Look at each command before you run it. The first one prints the client ID.
set -eu

client_id='abc'

auth0 apps update "$client_id" --type spa --auth-method None --grants code \
  --callbacks 'https://example.com/a/accounts/callback' \
  --logout-urls 'https://example.com/a/accounts/' \
  --web-origins 'https://example.com' \
  --origins 'https://example.com' --json

# People's access to the Management API, for this application alone.
auth0 client-grants create --client-id "$client_id" --audience 'https://acme.eu.auth0.com/api/v2/' \
  --subject-type user --scopes read:current_user,update:current_user_identities,update:current_user_metadata

# Each connection is enabled for this application too; others keep theirs. Ids: auth0 api get connections
auth0 api patch "connections/ID_OF_a.b/clients" --data "[{\"client_id\":\"$client_id\",\"status\":true}]"
auth0 api patch "connections/ID_OF_a_b/clients" --data "[{\"client_id\":\"$client_id\",\"status\":true}]"
