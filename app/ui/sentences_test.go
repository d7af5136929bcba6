package ui

// Every error, warning and kind of the packages below has its sentence.

import (
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/linking"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
	"twinlock/app/words"
)

const (
	module = "twinlock/"
	this   = module + "app/ui"
	keys   = module + "app/text.Key"
	// untold is how the comment begins that marks what the page never says: an error, a
	// constant, or, at a type, all constants of that type. The reason follows.
	untold = "//sentence:none"
)

// TestNothingIsUntold checks all packages of ours that the page imports. Each exported
// error, and each exported constant of a type of its package, must be in a table of
// sentences, or wrap an error that is in one, or be marked as [untold].
//
// A table of sentences is a variable of this package with keys of package text in it.
// Package text tests that each key has its sentence in every language.
func TestNothingIsUntold(t *testing.T) {
	l := newLoader(t)
	told := tables(t, l.load(this))
	seen := 0
	for path := range l.exports {
		if strings.HasPrefix(path, module) && path != this && path != module+"app/text" {
			seen += l.load(path).check(t, told)
		}
	}
	if seen < 100 {
		t.Errorf("only %d errors and constants were found", seen)
	}
}

// TestUntold tries the test above on packages in which something is forgotten.
func TestUntold(t *testing.T) {
	const source = `package p
import ("errors"; "fmt")
var ErrTold = errors.New("")
var ErrPart = fmt.Errorf("%w: part", ErrTold)
var ErrForgotten = errors.New("")
// ErrInner is returned when.
//
//sentence:none another is told
var ErrInner = errors.New("")
//sentence:none
var ErrReasonless = errors.New("")
var errOwn = errors.New("")
type Kind string
func (Kind) Error() string { return "" }
const (
	ErrKind Kind = "a"
	ErrKindForgotten Kind = "b"
)
// State is
//
//sentence:none a reason
type State int
const A State = iota
type Error struct{}
func (*Error) Error() string { return "" }
type Wrapper struct{}
func (*Wrapper) Error() string { return "" }
func (*Wrapper) Unwrap() error { return ErrTold }
`
	l := newLoader(t)
	file, err := parser.ParseFile(l.files, "p.go", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	p := l.checked("p", []*ast.File{file})
	var got []string
	for _, e := range p.items() {
		if problem := p.problem(e, map[string]bool{"p.ErrTold": true, "p.ErrKind": true}); problem != "" {
			got = append(got, e.Name())
		}
	}
	slices.Sort(got)
	if want := []string{"ErrForgotten", "ErrKindForgotten", "ErrReasonless", "Error"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// TestEachRowIsReached checks that no general error stands before a particular one.
func TestEachRowIsReached(t *testing.T) {
	for _, row := range failureSentences {
		if got := failureKey(row.err, false); got != row.key {
			t.Errorf("%v is told as %q, want %q", row.err, got, row.key)
		}
	}
}

// TestEachLossIsTold looks at each kind of loss alone.
func TestEachLossIsTold(t *testing.T) {
	for _, language := range text.Languages() {
		v := view{say: texttest.In(language), parts: parts(t)}
		var lost linking.Loss
		for i := range reflect.TypeOf(lost).NumField() {
			lost = linking.Loss{}
			reflect.ValueOf(&lost).Elem().Field(i).Set(reflect.ValueOf([]string{"theme"}))
			if told := v.losses(lost); len(told) != 1 || !strings.Contains(told[0], "theme") {
				t.Errorf("%s: %+v is told as %q", language, lost, told)
			}
		}
	}
}

// TestEachWarningIsDrawn checks that no warning is an empty line.
func TestEachWarningIsDrawn(t *testing.T) {
	for _, language := range text.Languages() {
		v := view{say: texttest.In(language)}
		for warning, key := range warningSentences {
			drawn := letters(app.HTMLString(v.warnings(linking.Plan{Warnings: []linking.Warning{warning}}, "ada", "grace")))
			want := words.Plain(words.Fill(v.say.Of(key), "first", "ada", "second", "grace"))
			if want == "" || drawn != letters(want) {
				t.Errorf("%s: %q is drawn as %q", language, warning, drawn)
			}
		}
	}
}

// loader reads packages from their source, and what they import from what the go command
// has compiled.
type loader struct {
	t        *testing.T
	files    *token.FileSet
	exports  map[string]compiled
	importer types.Importer
}

// compiled is a package as the go command lists it.
type compiled struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// newLoader lists this package and all that it imports.
func newLoader(t *testing.T) *loader {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles", ".")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	l := &loader{t: t, files: token.NewFileSet(), exports: map[string]compiled{}}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var c compiled
		if err := dec.Decode(&c); err != nil {
			t.Fatal(err)
		}
		l.exports[c.ImportPath] = c
	}
	l.importer = importer.ForCompiler(l.files, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(l.exports[path].Export)
	})
	return l
}

// load reads a package.
func (l *loader) load(path string) *source {
	l.t.Helper()
	var files []*ast.File
	for _, name := range l.exports[path].GoFiles {
		file, err := parser.ParseFile(l.files, filepath.Join(l.exports[path].Dir, name), nil, parser.ParseComments)
		if err != nil {
			l.t.Fatal(err)
		}
		files = append(files, file)
	}
	return l.checked(path, files)
}

func (l *loader) checked(path string, files []*ast.File) *source {
	l.t.Helper()
	s := &source{info: types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}}
	conf := types.Config{Importer: l.importer}
	var err error
	if s.pkg, err = conf.Check(path, l.files, files, &s.info); err != nil {
		l.t.Fatal(err)
	}
	s.read(files)
	return s
}

// source is a package with what its declarations say.
type source struct {
	pkg  *types.Package
	info types.Info
	// notes has the comments at the declaration of each object of the package, and values
	// the first value of each variable.
	notes  map[types.Object][]*ast.CommentGroup
	values map[types.Object]ast.Expr
}

func (s *source) read(files []*ast.File) {
	s.notes, s.values = map[types.Object][]*ast.CommentGroup{}, map[types.Object]ast.Expr{}
	for _, file := range files {
		for _, d := range file.Decls {
			block, is := d.(*ast.GenDecl)
			if !is {
				continue
			}
			for _, spec := range block.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					s.notes[s.info.Defs[spec.Name]] = []*ast.CommentGroup{block.Doc, spec.Doc}
				case *ast.ValueSpec:
					for i, name := range spec.Names {
						s.notes[s.info.Defs[name]] = []*ast.CommentGroup{block.Doc, spec.Doc}
						if i < len(spec.Values) {
							s.values[s.info.Defs[name]] = spec.Values[i]
						}
					}
				}
			}
		}
	}
}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

// items returns what needs a sentence: errors, types of errors, and constants of types of
// the package.
func (s *source) items() (list []types.Object) {
	scope := s.pkg.Scope()
	for _, name := range scope.Names() {
		o := scope.Lookup(name)
		if !o.Exported() {
			continue
		}
		switch o := o.(type) {
		case *types.Var:
			if types.Implements(o.Type(), errorType) {
				list = append(list, o)
			}
		case *types.Const:
			if named, is := o.Type().(*types.Named); is && named.Obj().Pkg() == s.pkg {
				list = append(list, o)
			}
		case *types.TypeName:
			if _, is := o.Type().Underlying().(*types.Struct); is && types.Implements(types.NewPointer(o.Type()), errorType) {
				list = append(list, o)
			}
		}
	}
	return list
}

// check reports what has no sentence, and returns how many items it has checked.
func (s *source) check(t *testing.T, told map[string]bool) int {
	t.Helper()
	for _, o := range s.items() {
		if problem := s.problem(o, told); problem != "" {
			t.Errorf("%s: %s", name(o), problem)
		}
	}
	return len(s.items())
}

// problem returns why the page would never say an item, "" if it does.
func (s *source) problem(o types.Object, told map[string]bool) string {
	if told[name(o)] || s.wrapsTold(o, told) {
		return ""
	}
	if _, isType := o.(*types.TypeName); isType && wraps(o.Type()) {
		return "" // told by what it wraps
	}
	for _, note := range append(s.notes[o], s.ofType(o)...) {
		if reason, marked := mark(note); marked {
			if reason == "" {
				return "give the reason after " + untold
			}
			return ""
		}
	}
	return "is in no table of sentences; put it into one, or mark it with " + untold
}

// ofType returns the comments of a constant's type.
func (s *source) ofType(o types.Object) []*ast.CommentGroup {
	if named, is := o.Type().(*types.Named); is && named.Obj() != o {
		return s.notes[named.Obj()]
	}
	return nil
}

// wrapsTold reports whether the first value of a variable wraps an error that has a sentence.
func (s *source) wrapsTold(o types.Object, told map[string]bool) (found bool) {
	if s.values[o] == nil {
		return false
	}
	ast.Inspect(s.values[o], func(n ast.Node) bool {
		if id, is := n.(*ast.Ident); is {
			if used := s.info.Uses[id]; used != nil && used.Pkg() != nil {
				found = found || told[name(used)] || used.Pkg() == s.pkg && used != o && s.wrapsTold(used, told)
			}
		}
		return true
	})
	return found
}

func wraps(t types.Type) bool {
	method, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, nil, "Unwrap")
	return method != nil
}

func mark(note *ast.CommentGroup) (reason string, marked bool) {
	if note == nil {
		return "", false
	}
	for _, line := range note.List {
		if reason, marked := strings.CutPrefix(line.Text, untold); marked {
			return strings.TrimSpace(reason), true
		}
	}
	return "", false
}

// tables returns what is in the package's tables of sentences.
func tables(t *testing.T, s *source) map[string]bool {
	t.Helper()
	told := map[string]bool{}
	n := 0
	for o, value := range s.values {
		if _, is := o.(*types.Var); !is || !holdsKeys(o.Type()) {
			continue
		}
		n++
		ast.Inspect(value, func(n ast.Node) bool {
			if id, is := n.(*ast.Ident); is && s.info.Uses[id] != nil && s.info.Uses[id].Pkg() != nil {
				told[name(s.info.Uses[id])] = true
			}
			return true
		})
	}
	if n < 5 {
		t.Errorf("only %d tables of sentences were found", n)
	}
	return told
}

// holdsKeys reports whether a type is a map to keys, or a list of structs with a key.
func holdsKeys(of types.Type) bool {
	switch of := of.Underlying().(type) {
	case *types.Map:
		return of.Elem().String() == keys
	case *types.Slice:
		row, is := of.Elem().Underlying().(*types.Struct)
		if !is {
			return false
		}
		for f := range row.Fields() {
			if f.Type().String() == keys {
				return true
			}
		}
	}
	return false
}

// name returns an object's full name: importers have another object of that name.
func name(o types.Object) string { return o.Pkg().Path() + "." + o.Name() }
