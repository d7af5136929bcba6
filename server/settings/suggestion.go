package settings

import "strings"

// suggestion asks whether a key of the file was meant to be a setting that is written much
// like it; "" where there is none.
func suggestion(key string) string {
	const most = 2 // two letters changed places
	best, meant := most+1, ""
	for _, row := range Table {
		name, _, _ := strings.Cut(row.Name, ".") // of a map
		if d := distance(key, name); d < best && 2*d < len(name) {
			best, meant = d, name
		}
	}
	if meant == "" {
		return ""
	}
	return ": did you mean " + meant + "?"
}

// distance is how many bytes have to be put in, left out or replaced to make one text of
// another (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
