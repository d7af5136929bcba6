#!/bin/sh
# The tenant's side of the page at {{.Page}}, by the auth0 CLI.
# Look at it before you run it.
set -eu
{{if not .Config.ClientID}}
client_id=$(auth0 apps create --no-input --json --name {{sh .Config.Brand.Name}} --type spa --auth-method None \
  --grants code{{if .Renews}},refresh-token{{end}} \
  --callbacks {{sh .Callback}} \
  --logout-urls {{sh .Page.String}} \
  --web-origins {{sh .Origin}} \
  --origins {{sh .Origin}} |
  sed -n 's/.*"client_id": *"\([^"]*\)".*/\1/p' | head -n 1)
if [ -z "$client_id" ]; then
  echo 'The application was not made, or its client ID was not told.' >&2
  exit 1
fi
# To go on by hand if a later command fails: a second run would make a second application.
echo "Write this into twinlock.yaml: client_id: $client_id"
{{else}}
client_id={{sh .ClientID}}

# These take the place of what the application has.
auth0 apps update "$client_id" --no-input --json --type spa --auth-method None \
  --grants code{{if .Renews}},refresh-token{{end}} \
  --callbacks {{sh .Callback}} \
  --logout-urls {{sh .Page.String}} \
  --web-origins {{sh .Origin}} \
  --origins {{sh .Origin}}
{{end}}
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
{{- range .Config.Connections}}
enable {{sh .Name}}
{{- end}}

# People's access to the Management API, for this application alone.
auth0 client-grants create --no-input --client-id "$client_id" --audience {{sh .Config.Audience}} \
  --subject-type user --scopes {{sh (join .Scopes ",")}}
