package config

import (
	"fmt"
	"math"
	"strconv"
)

// The pages that an accent stands on, light and dark.
const (
	lightPage = "#ffffff"
	darkPage  = "#111418"
)

// minVisible is the least contrast of a button or a focus ring with the page
// (WCAG 2.2 success criterion 1.4.11).
const minVisible = 3.0

func checkAccent(p *problems, field, colour, page string) {
	if colour == "" {
		return
	}
	ratio, err := Contrast(colour, page)
	if err != nil {
		p.add(field, "%v", err)
	} else if ratio < minVisible {
		p.add(field, "%s can hardly be seen on %s (contrast %.1f:1, at least %.0f:1 is needed)",
			colour, page, ratio, minVisible)
	}
}

// TextOn returns the colour of text, white or black, that reads better on a
// background "#rrggbb". Its contrast is at least 4.5:1 on every background:
// the worst, a middle grey, has 4.58:1 with both.
func TextOn(background string) (string, error) {
	white, err := Contrast(background, "#ffffff")
	if err != nil {
		return "", err
	}
	if black, _ := Contrast(background, "#000000"); black > white {
		return "#000000", nil
	}
	return "#ffffff", nil
}

// Contrast returns the contrast ratio of two colours "#rrggbb", 1 to 21 (WCAG
// 2.2, "contrast ratio").
func Contrast(a, b string) (float64, error) {
	first, err := luminance(a)
	if err != nil {
		return 0, err
	}
	second, err := luminance(b)
	if err != nil {
		return 0, err
	}
	return (max(first, second) + 0.05) / (min(first, second) + 0.05), nil
}

// luminance is WCAG's relative luminance of an sRGB colour.
func luminance(colour string) (float64, error) {
	if len(colour) != 7 || colour[0] != '#' {
		return 0, fmt.Errorf("%.20q is not a colour #rrggbb", colour)
	}
	rgb, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		return 0, fmt.Errorf("%.20q is not a colour #rrggbb", colour)
	}
	linear := func(shift uint) float64 {
		s := float64(rgb>>shift&0xff) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0), nil
}
