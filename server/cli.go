package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"

	"twinlock/app/config"
)

// The command's exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2 // a wrong setting or command line
)

// cli is the command line. What is not a setting of the app has its default here;
// the settings get theirs once flags, environment and file are merged.
type cli struct {
	Serve   serveCommand   `cmd:"" help:"Serve the app for a tenant of yours."`
	Dev     devCommand     `cmd:"" help:"Serve the app with an embedded tenant, to try it out."`
	Tenant  tenantCommand  `cmd:"" help:"Serve the embedded tenant alone."`
	Export  exportCommand  `cmd:"" help:"Write the site to a folder, for any static host."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// console is where a command writes: results to Out, what happens to Err.
type console struct{ Out, Err io.Writer }

// run runs the command until it ends or ctx does, and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, env func(string) (string, bool)) int {
	exited := -1
	parser, err := kong.New(&cli{},
		kong.Name("twinlock"),
		kong.Description("Two locks, one identity: a page to see, link and unlink the accounts of an Auth0 user.\n\n"+
			"Every flag can be given as TWINLOCK_… in the environment, and the app's settings in the YAML file of --config. "+
			"A flag goes before the environment, and that before the file."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }), // after --help
		kong.Resolvers(environment(env)),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(console{stdout, stderr}),
	)
	if err != nil {
		panic(err) // the structure above is wrong
	}
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(stderr, "twinlock: %v\n", err)
		return exitUsage
	}
	return report(stderr, command.Run())
}

// environment resolves a flag --base-path by TWINLOCK_BASE_PATH. An empty
// variable counts as none.
func environment(lookup func(string) (string, bool)) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if value, _ := lookup(variable(flag.Name)); value != "" && flag.Name != "help" {
			return value, nil
		}
		return nil, nil
	})
}

func variable(flag string) string {
	return "TWINLOCK_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// report writes every problem on a line of its own and returns the exit code:
// wrong settings are [config.FieldError]s.
func report(stderr io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	for _, problem := range flatten(err) {
		fmt.Fprintf(stderr, "twinlock: %v%s\n", problem, hint(problem))
	}
	if field := (*config.FieldError)(nil); errors.As(err, &field) {
		return exitUsage
	}
	return exitFailure
}

func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, flatten(e)...)
	}
	return all
}

// hint tells the ways to give the setting that a problem is about.
func hint(problem error) string {
	var field *config.FieldError
	if !errors.As(problem, &field) {
		return ""
	}
	name, _, _ := strings.Cut(field.Field, "[")
	flag := strings.NewReplacer(".", "-", "_", "-").Replace(name)
	return fmt.Sprintf(" (--%s, %s)", flag, variable(flag))
}

type versionCommand struct{}

// Run prints the version of the program and of Go.
func (versionCommand) Run(c console) error {
	_, err := fmt.Fprintf(c.Out, "twinlock %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// version is what the go command knows of the source: a tag or a commit, or
// "(devel)".
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
