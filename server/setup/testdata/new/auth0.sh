#!/bin/sh
# The tenant's side of the page at https://accounts.example.com/, by the auth0 CLI.
# Look at each command before you run it. The first one prints the client ID.
set -eu

auth0 apps create --name 'Example Accounts' --type spa --auth-method None --grants code \
  --callbacks 'https://accounts.example.com/callback' \
  --logout-urls 'https://accounts.example.com/' \
  --web-origins 'https://accounts.example.com' \
  --origins 'https://accounts.example.com' --json

# Write the client ID here and into twinlock.yaml.
client_id='CLIENT_ID'

# People's access to the Management API, for this application alone.
auth0 client-grants create --client-id "$client_id" --audience 'https://acme.eu.auth0.com/api/v2/' \
  --subject-type user --scopes read:current_user,update:current_user_identities,update:current_user_metadata

# Each connection is enabled for this application too; others keep theirs. Ids: auth0 api get connections
auth0 api patch "connections/ID_OF_Username-Password-Authentication/clients" --data "[{\"client_id\":\"$client_id\",\"status\":true}]"
auth0 api patch "connections/ID_OF_google-oauth2/clients" --data "[{\"client_id\":\"$client_id\",\"status\":true}]"
