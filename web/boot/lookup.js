// lookup returns the language of a list that suits somebody best who reads the tags, the one
// they prefer first: each tag is cut from its end until it is in the list (RFC 4647, section
// 3.4), or begins one that is. It returns undefined where none is.
export function lookup(tags, spoken) {
  for (const tag of tags) {
    for (const parts = ours(tag || "").split("-"); parts.length > 0; parts.pop()) {
      const range = parts.join("-");
      const found = spoken.find((language) => language.toLowerCase() === range) ??
        spoken.find((language) => language.toLowerCase().startsWith(range + "-"));
      if (found) return found;
    }
  }
}

// ours returns a tag as the list has it. Norwegian is written in two ways, which everybody there
// reads; Hebrew has an old name; Portuguese is as in Brazil or, elsewhere, as in
// Portugal; the region says with which characters Chinese is written.
const ours = (tag) => tag.toLowerCase().replace(/^n[no]\b/, "nb").replace(/^iw\b/, "he")
  .replace(/^pt$/, "pt-br").replace(/^pt-(?!br)..\b/, "pt-pt")
  .replace(/^zh-(tw|hk|mo)\b/, "zh-hant").replace(/^zh(?!-han)/, "zh-hans");
