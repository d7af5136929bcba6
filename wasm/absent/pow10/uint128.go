package strconv

// uint128 is declared in internal/strconv, of which the build takes one file from here.
type uint128 struct{ Hi, Lo uint64 }
