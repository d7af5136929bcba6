// Presses: which of them were meant, by the rules of WatchPresses in package browser.

const delay = 550; // ms, PressDelay in package browser

let down = null; // what the pointer went down on
let up = -Infinity; // when it came up

// ignoreRepeat makes a key that is held down press a button once.
export function ignoreRepeat(e) {
  if (e.repeat && (e.key === "Enter" || e.key === " ") && e.target.closest?.("button")) e.preventDefault();
}

export function notePointer(e) {
  if (e.type === "pointerup") {
    up = e.timeStamp;
    return;
  }
  down = e.target.closest?.("button") ?? e.target;
  if (down.disabled || down.classList?.contains("deaf")) down = null;
  up = -Infinity;
}

// wasMeant reports whether a click was meant: a double click counts once, and a press
// that went down elsewhere does not count.
export function wasMeant(e, pressed) {
  const elsewhere = e.timeStamp - up < 1000 && pressed !== down;
  down = null;
  up = -Infinity;
  return !(e.detail > 1) && !elsewhere; // some kinds of events have no detail
}

// ignorePresses makes a dialog that was opened at the time since ignore presses for a
// moment, except those that close it: the press that opened it may have been one of two.
export function ignorePresses(dialog, since) {
  const wait = since + delay - performance.now();
  if (wait <= 0) return;
  const buttons = [...dialog.querySelectorAll("[data-connection]:enabled")];
  const ignore = (deaf) => {
    dialog.classList.toggle("deaf", deaf);
    for (const button of buttons) button.disabled = deaf;
    // The focus waits beside them, and not at the button that closes the dialog.
    if (deaf) buttons[0]?.parentNode.focus();
    else if (document.activeElement?.contains(buttons[0])) buttons[0].focus();
  };
  ignore(true);
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(ignore, wait, false)));
}
