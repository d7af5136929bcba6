package browser

// ShowDialog opens the <dialog> element with this id as a modal dialog: the page
// behind it is inert, and the focus returns to where it was when it closes. It
// does nothing where there is no such element or it is open already. Natively it
// does nothing.
//
// A browser without modal dialogs shows it within the page.
func ShowDialog(id string) { showDialog(id) }

// CloseDialog closes the <dialog> element with this id, if it is open. Natively it
// does nothing.
func CloseDialog(id string) { closeDialog(id) }

// Focus moves the keyboard focus to the element with this id, if there is one.
// Natively it does nothing.
func Focus(id string) { focus(id) }

// FocusFirst moves the keyboard focus to the first match of a CSS selector in the element
// with this id, if the focus is at something around that: at the element itself, or nowhere.
// Natively it does nothing.
func FocusFirst(id, selector string) { focusFirst(id, selector) }

// WrapFocus keeps Tab and Shift+Tab inside the <dialog> element with this id:
// call it on each of them, backwards for Shift+Tab. Browsers make the page behind a
// modal dialog inert, but let the focus move on to their own toolbars. WrapFocus
// moves it from the last element of the dialog to the first, or back, and reports
// whether it did; the key's own effect must then be prevented. Natively it reports
// false.
func WrapFocus(id string, backwards bool) bool { return wrapFocus(id, backwards) }
