package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"twinlock/app/config"
	"twinlock/server/picture"
)

// readPictures reads the files that the settings name as pictures, which are beside the
// settings file or below its folder, and puts where the site has them in their place. Each
// problem is a [config.FieldError]; its field is left empty, so that it has no second one.
func (s *Settings) readPictures(settingsFile string) error {
	problems := []error{s.readPicture(settingsFile, "brand.logo", &s.Config.Brand.Logo)}
	for i := range s.Config.Connections {
		field := fmt.Sprintf("connections[%d].icon", i)
		problems = append(problems, s.readPicture(settingsFile, field, &s.Config.Connections[i].Icon))
	}
	return errors.Join(problems...)
}

func (s *Settings) readPicture(settingsFile, field string, value *string) error {
	name := *value
	if name == "" || strings.HasPrefix(name, "/") || strings.Contains(name, ":") {
		return nil // a URL or a path on the site
	}
	*value = ""
	if settingsFile == "" {
		return &config.FieldError{Field: field, Problem: "names a file beside the settings file, and there is none"}
	}
	folder, err := os.OpenRoot(filepath.Dir(settingsFile))
	if err != nil {
		return &config.FieldError{Field: field, Problem: err.Error()}
	}
	defer folder.Close()
	p, err := picture.Read(folder, name)
	if err != nil {
		return &config.FieldError{Field: field, Problem: fmt.Sprintf("%s %v", name, err)}
	}
	*value = p.Path
	s.Pictures = append(s.Pictures, p)
	return nil
}
