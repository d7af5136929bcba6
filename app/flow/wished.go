package flow

import (
	"fmt"

	"twinlock/app/platform"
)

// wish begins a link or an unlink, if one may begin now. While the profile that is shown is being
// read afresh, it waits for that: then it is known whether it still may.
func (f *Flow) wish(says Work, begin func()) {
	switch {
	case f.state.Refreshing() && !f.state.Question.Open():
		f.state.Wished, f.begin = says, begin
	case f.mayChange():
		begin()
	}
}

// takeUp begins what the person has wished while the profile was being read.
func (f *Flow) takeUp() {
	begin := f.begin
	f.state.Wished, f.begin = Work{}, nil
	if begin != nil && f.mayChange() {
		begin()
	}
}

// mayChange reports whether a link or an unlink may begin. Without a network it tells the
// person so. Nothing is queued for later, when it may no longer be right.
func (f *Flow) mayChange() bool {
	switch {
	case f.state.Phase != Ready || f.state.Engaged():
		return false
	case f.state.AsOf.IsZero() && f.deps.Window.Online():
		return true
	}
	f.refuseOffline()
	return false
}

func (f *Flow) refuseOffline() {
	f.tell(Notice{
		Kind: RefusedOffline,
		Err:  fmt.Errorf("%w: nothing was sent", platform.ErrNetwork),
		Next: Next{Kind: ReadAgain},
	})
}
