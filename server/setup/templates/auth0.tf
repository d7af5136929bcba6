# The tenant's side of the page at {{.Page}}, for Terraform.

terraform {
  required_providers {
    auth0 = {
      source  = "auth0/auth0"
      version = ">= 1.55.0"
    }
  }
}

data "auth0_tenant" "this" {}
{{- if .Config.ClientID}}

# The application is there already: Terraform takes it over, and its settings become these.
# This needs Terraform 1.5 or later.
import {
  to = auth0_client.accounts
  id = {{hcl .ClientID}}
}

import {
  to = auth0_client_credentials.accounts
  id = {{hcl .ClientID}}
}
{{- end}}

resource "auth0_client" "accounts" {
  name                = {{hcl .Config.Brand.Name}}
  app_type            = "spa"
  is_first_party      = true
  oidc_conformant     = true
  callbacks           = [{{hcl .Callback}}]
  allowed_logout_urls = [{{hcl .Page.String}}]
  web_origins         = [{{hcl .Origin}}]
  allowed_origins     = [{{hcl .Origin}}]
  grant_types         = ["authorization_code"{{if .Renews}}, "refresh_token"{{end}}]

  jwt_configuration {
    alg = "RS256"
  }
}

resource "auth0_client_credentials" "accounts" {
  client_id             = auth0_client.accounts.id
  authentication_method = "none"
}

# People's access to the Management API, for this application alone.
resource "auth0_client_grant" "accounts" {
  client_id    = auth0_client.accounts.id
  audience     = data.auth0_tenant.this.management_api_identifier
  subject_type = "user"
  scopes       = [{{range $i, $scope := .Scopes}}{{if $i}}, {{end}}{{hcl $scope}}{{end}}]
}

# Each connection is enabled for this application too; others keep theirs.
{{- range .Config.Connections}}

data "auth0_connection" {{hcl (label .Name)}} {
  name = {{hcl .Name}}
}

resource "auth0_connection_client" {{hcl (label .Name)}} {
  connection_id = data.auth0_connection.{{label .Name}}.id
  client_id     = auth0_client.accounts.id
}
{{- end}}

output "client_id" {
  description = "For twinlock.yaml."
  value       = auth0_client.accounts.id
}
