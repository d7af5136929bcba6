// The worker that has the program compiled while the page stays responsive. The page sends it the
// program's URL, and gets the module, and at last null.
//
// A browser compiles a function when it is first called, and the program's start calls about
// 1,400 of them: on a phone, most of a second in which a page reacts to nothing. The compiled code
// belongs to the module. So each of them is called here, at a resume point that no function has:
// those of the list trap at once (see wasm/module/touch.go). Whatever one could reach outside of
// the program throws.
"use strict";

const nowhere = 65535;

// The page has this file as a script too, so that it is loaded when the worker needs it.
if (!self.document) {
  postMessage("here");
  onmessage = async ({ data }) => {
    try {
      const module = await compile(await fetch(data, { credentials: "same-origin" }));
      postMessage(module);
      await touch(module);
    } catch {} // the page will meet the same error, and report it
    postMessage(null);
  };
}

// As the page does it (see boot/program.js): some hosts send the program with another type.
async function compile(answer) {
  const streams = /^application\/wasm$/i.test(answer.headers.get("Content-Type"));
  return streams ? WebAssembly.compileStreaming(answer) : WebAssembly.compile(await answer.arrayBuffer());
}

// touch calls the functions that the module names; see Touch in package module.
async function touch(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => { throw new Error(name); };
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  const [named] = WebAssembly.Module.customSections(module, "touch");
  new Uint8Array(named).forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) {
      if (!(byte >> bit & 1)) continue;
      try {
        exports.table.get(4096 + 8 * at + bit)(nowhere);
      } catch {} // a trap
    }
  });
}
