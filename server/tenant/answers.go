package tenant

import (
	"twinlock/server/tenant/account"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/fault"
	"twinlock/server/tenant/requestlog"
)

// What the control endpoints read and write.
type (
	// A Fault makes the tenant misbehave towards matching requests: the body of
	// POST /_emulator/faults.
	Fault = fault.Fault
	// A StoredUser is a user that the tenant holds, as GET /_emulator/users and the
	// Management API answer. It can be read from such an answer.
	StoredUser = directory.Representation
	// A StoredIdentity is one of a StoredUser.
	StoredIdentity = directory.IdentityRepresentation
	// A LoggedRequest is one that the tenant was asked, of GET /_emulator/requests.
	LoggedRequest = requestlog.Entry
	// A Message is one that Auth0 would have sent by e-mail, of GET /_emulator/outbox.
	Message = account.Message
)
