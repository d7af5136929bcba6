#!/bin/sh
# The tenant's side of the page at https://accounts.example.com/, by the auth0 CLI.
# Look at it before you run it.
set -eu

client_id=$(auth0 apps create --no-input --json --name 'Example Accounts' --type spa --auth-method None \
  --grants code \
  --callbacks 'https://accounts.example.com/callback' \
  --logout-urls 'https://accounts.example.com/' \
  --web-origins 'https://accounts.example.com' \
  --origins 'https://accounts.example.com' |
  sed -n 's/.*"client_id": *"\([^"]*\)".*/\1/p' | head -n 1)
if [ -z "$client_id" ]; then
  echo 'The application was not made, or its client ID was not told.' >&2
  exit 1
fi
# To go on by hand if a later command fails: a second run would make a second application.
echo "Write this into twinlock.yaml: client_id: $client_id"

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
enable 'Username-Password-Authentication'
enable 'google-oauth2'

# People's access to the Management API, for this application alone.
auth0 client-grants create --no-input --client-id "$client_id" --audience 'https://acme.eu.auth0.com/api/v2/' \
  --subject-type user --scopes 'read:current_user,update:current_user_identities,update:current_user_metadata'
