// Package picture reads the operator's own pictures: a logo, and icons of the ways to sign in.
//
// [Read] takes a file below a folder, and [Check] its content. What a picture is its content
// says, never its name: a PNG, JPEG, WebP or SVG. An SVG is written anew from what was
// understood of it, so that nothing is served that was not.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/webp"

	"twinlock/web/asset"
)

const (
	// MaxBytes is the largest size of a picture's file. Browsers keep all of them for a visit
	// without a network.
	MaxBytes = 64 << 10
	// MaxSide is how many pixels wide and high a picture may be. An SVG has none.
	MaxSide = 1024
)

// Picture is one that can be served.
type Picture struct {
	// Path is where a site serves it, below its base path and without a slash before it:
	// "web/picture.0123456789abcdef.png". It changes with the content.
	Path string
	// Type is the content's media type.
	Type string
	// Body is the content.
	Body []byte
	// Width and Height are its size, in pixels.
	Width, Height float64
}

// Read reads a picture below a folder. Symbolic links may lead to it, as long as they stay in
// the folder.
//
// Errors are for people, and say what is wrong with the file without its name.
func Read(folder *os.Root, name string) (Picture, error) {
	if !filepath.IsLocal(name) {
		return Picture{}, errors.New("must be in the folder of the settings file, or below it")
	}
	// A pipe would never end.
	if info, err := folder.Stat(name); err != nil {
		return Picture{}, fileError(err)
	} else if !info.Mode().IsRegular() {
		return Picture{}, errors.New("is not a file")
	}
	f, err := folder.Open(name)
	if err != nil {
		return Picture{}, fileError(err)
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return Picture{}, fileError(err)
	}
	return Check(body)
}

// fileError leaves out the name, and the system's word for what was done.
func fileError(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("is not there, beside the settings file")
	}
	if detailed := (*fs.PathError)(nil); errors.As(err, &detailed) {
		err = detailed.Err
	}
	return fmt.Errorf("cannot be read: %w", err)
}

// formats are the kinds of pixel pictures, by what a file begins with.
var formats = []struct {
	extension, mediaType string
	begins               func(body []byte) bool
	size                 func(io.Reader) (image.Config, error)
	decode               func(io.Reader) (image.Image, error)
}{
	{".png", "image/png", prefix("\x89PNG\r\n\x1a\n"), png.DecodeConfig, png.Decode},
	{".jpg", "image/jpeg", prefix("\xff\xd8\xff"), jpeg.DecodeConfig, jpeg.Decode},
	{".webp", "image/webp", isWebP, webp.DecodeConfig, webp.Decode},
}

func prefix(magic string) func([]byte) bool {
	return func(body []byte) bool { return strings.HasPrefix(string(body), magic) }
}

func isWebP(body []byte) bool {
	return len(body) >= 12 && string(body[:4]) == "RIFF" && string(body[8:12]) == "WEBP"
}

// Check makes a picture of the content of a file. Errors are as those of [Read].
func Check(body []byte) (Picture, error) {
	if len(body) > MaxBytes {
		return Picture{}, fmt.Errorf("is larger than %d kB", MaxBytes>>10)
	}
	for _, format := range formats {
		if !format.begins(body) {
			continue
		}
		// The size first: what is decoded takes memory for all its pixels.
		size, err := format.size(bytes.NewReader(body))
		if err != nil {
			return Picture{}, fmt.Errorf("is damaged: %w", err)
		}
		if size.Width > MaxSide || size.Height > MaxSide {
			return Picture{}, fmt.Errorf("is %d × %d pixels large: at most %d × %[3]d", size.Width, size.Height, MaxSide)
		}
		if _, err := format.decode(bytes.NewReader(body)); err != nil {
			return Picture{}, fmt.Errorf("is damaged: %w", err)
		}
		return newPicture(format.extension, format.mediaType, body, float64(size.Width), float64(size.Height)), nil
	}
	text := bytes.TrimPrefix(body, []byte("\ufeff"))
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
		return Picture{}, errors.New("is no PNG, JPEG, WebP or SVG")
	}
	clean, width, height, err := cleanSVG(text)
	if err != nil {
		return Picture{}, err
	}
	return newPicture(".svg", "image/svg+xml", clean, width, height), nil
}

func newPicture(extension, mediaType string, body []byte, width, height float64) Picture {
	return Picture{"web/" + asset.HashedName("picture"+extension, asset.Sum(body)), mediaType, body, width, height}
}
