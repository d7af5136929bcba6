# The tenant's side of the page at https://example.com/a/accounts/, for Terraform.

terraform {
  required_providers {
    auth0 = {
      source  = "auth0/auth0"
      version = ">= 1.55.0"
    }
  }
}

data "auth0_tenant" "this" {}

# The application is there already: Terraform takes it over, and its settings become these.
# This needs Terraform 1.5 or later.
import {
  to = auth0_client.accounts
  id = "abc"
}

import {
  to = auth0_client_credentials.accounts
  id = "abc"
}

resource "auth0_client" "accounts" {
  name                = "Ada's $(id) \"$${x}\" & %%{y} \\n"
  app_type            = "spa"
  is_first_party      = true
  oidc_conformant     = true
  callbacks           = ["https://example.com/a/accounts/callback"]
  allowed_logout_urls = ["https://example.com/a/accounts/"]
  web_origins         = ["https://example.com"]
  allowed_origins     = ["https://example.com"]
  grant_types         = ["authorization_code", "refresh_token"]

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
  scopes       = ["read:current_user", "update:current_user_identities"]
}

# Each connection is enabled for this application too; others keep theirs.

data "auth0_connection" "c_a_2e_b" {
  name = "a.b"
}

resource "auth0_connection_client" "c_a_2e_b" {
  connection_id = data.auth0_connection.c_a_2e_b.id
  client_id     = auth0_client.accounts.id
}

data "auth0_connection" "c_a_5f_b" {
  name = "a_b"
}

resource "auth0_connection_client" "c_a_5f_b" {
  connection_id = data.auth0_connection.c_a_5f_b.id
  client_id     = auth0_client.accounts.id
}

output "client_id" {
  description = "For twinlock.yaml."
  value       = auth0_client.accounts.id
}
