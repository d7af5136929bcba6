#!/bin/sh
# The tenant's side of the page at {{.Page}}, by the auth0 CLI.
# Look at each command before you run it. The first one prints the client ID.
set -eu
{{if not .Config.ClientID}}
auth0 apps create --name {{sh .Config.Brand.Name}} --type spa --auth-method None --grants code \
  --callbacks {{sh .Callback}} \
  --logout-urls {{sh .Page.String}} \
  --web-origins {{sh .Origin}} \
  --origins {{sh .Origin}} --json

# Write the client ID here and into twinlock.yaml.
client_id={{sh .ClientID}}
{{else}}
client_id={{sh .ClientID}}

auth0 apps update "$client_id" --type spa --auth-method None --grants code \
  --callbacks {{sh .Callback}} \
  --logout-urls {{sh .Page.String}} \
  --web-origins {{sh .Origin}} \
  --origins {{sh .Origin}} --json
{{end}}
# People's access to the Management API, for this application alone.
auth0 client-grants create --client-id "$client_id" --audience {{sh .Config.Audience}} \
  --subject-type user --scopes {{range $i, $scope := .Scopes}}{{if $i}},{{end}}{{$scope}}{{end}}

# Each connection is enabled for this application too; others keep theirs. Ids: auth0 api get connections
{{- range .Config.Connections}}
auth0 api patch "connections/ID_OF_{{.Name}}/clients" --data "[{\"client_id\":\"$client_id\",\"status\":true}]"
{{- end}}
