// Package strconv has the table of powers of ten of internal/strconv. See package
// twinlock/wasm/absent.
//
// The real table is 11 kB that no compression makes smaller. This one is worked out
// when the program starts, in less than a tenth of a millisecond, and is the same.
package strconv

import "math/bits"

const (
	pow10Min = -348
	pow10Max = 347
)

// pow10Tab holds the first 128 bits of each power, the highest of which is 1.
var pow10Tab = powersOf10()

func powersOf10() (table [pow10Max - pow10Min + 1]uint128) {
	up := mantissa{1 << 63}
	down := up
	for e := range table[:-pow10Min+1] {
		if e <= pow10Max {
			table[e-pow10Min] = uint128{up[0], up[1]}
		}
		table[-e-pow10Min] = uint128{down[0], down[1]}
		up, down = up.times10(), down.over10()
	}
	return table
}

// mantissa is 256 bits, the highest first. The lower half is for what the steps up to
// 1e347 and down to 1e-348 cut off.
type mantissa [4]uint64

func (m mantissa) times10() mantissa {
	var carry uint64
	for i := len(m) - 1; i >= 0; i-- {
		high, low := bits.Mul64(m[i], 10)
		var c uint64
		m[i], c = bits.Add64(low, carry, 0)
		carry = high + c
	}
	return m.shift(carry, bits.Len64(carry))
}

// shift moves the bits to the right and puts others in front of them.
func (m mantissa) shift(front uint64, by int) mantissa {
	for i, word := range m {
		m[i] = front<<(64-by) | word>>by
		front = word
	}
	return m
}

func (m mantissa) over10() mantissa {
	by := 4
	if m[0] >= 10<<60 {
		by = 3 // the quotient begins with 1 all the same
	}
	rest := m[0] >> (64 - by)
	for i := range m {
		word := m[i] << by
		if i+1 < len(m) {
			word |= m[i+1] >> (64 - by)
		}
		m[i], rest = bits.Div64(rest, word, 10)
	}
	return m
}
