// Package linking is the ceremony that makes two accounts one, and one two
// again, as plain data and functions: it draws nothing.
//
// A link destroys the second account and its user_metadata. A [Plan] says
// beforehand what moves, what is taken over and what is lost; [Ceremony.Link]
// carries it out: journal, link, read, merge, check. The journal keeps what is to
// be taken over until it is seen at the primary, or until the link cannot take
// place any more, so whatever breaks off in between, [Ceremony.Resume] ends it at
// a later visit. What the plan did not announce as lost is not lost.
//
// One ceremony at a time may run in a browser; it is up to the caller to see to
// that where there are several tabs.
package linking
