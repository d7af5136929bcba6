// lookup returns the language of a list that suits somebody best who reads the tags, the one
// they prefer first: each tag is cut from its end until it is in the list (RFC 4647, section
// 3.4). It returns undefined where none is.
export function lookup(tags, spoken) {
  for (const tag of tags) {
    const parts = tag.toLowerCase().split("-");
    while (parts.length > 0) {
      const found = spoken.find((language) => language.toLowerCase() === parts.join("-"));
      if (found) return found;
      parts.pop();
      if (parts.at(-1)?.length === 1) parts.pop(); // what begins an extension
    }
  }
}
