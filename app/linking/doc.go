// Package linking makes two accounts one, and one two again, as plain data and functions:
// it draws nothing.
//
// Primary types: an [Account] is one side; a [Plan], made from two accounts and a
// [Policy], says beforehand what moves, what is taken over and what is lost; a [Ceremony]
// carries it out over an [API] and ends in an [Outcome]; a [Journal] has an [Entry] for
// each link that has not come to its end.
//
// A link destroys the second account and its user_metadata (Auth0, "User Account
// Linking"). [Ceremony.Link] writes the journal, links, reads, merges and checks. The
// journal has what is to be taken over until it is seen at the primary, or until the link
// cannot take place any more. So whatever breaks off in between, [Ceremony.Resume] brings
// it to its end at a later visit. Nothing is lost that the plan did not announce.
//
// One ceremony at a time may run in a browser: where there are several tabs the caller
// sees to that.
package linking
