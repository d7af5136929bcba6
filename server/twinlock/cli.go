package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"twinlock/app/config"
	"twinlock/server/settings"
)

// The command's exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2 // a wrong setting or command line
)

// cli is the command line.
type cli struct {
	Serve   serveCommand   `cmd:"" help:"Serve the app for a tenant of yours."`
	Dev     devCommand     `cmd:"" help:"Serve the app with an embedded tenant, to try it out."`
	Tenant  tenantCommand  `cmd:"" help:"Serve the embedded tenant alone."`
	Export  exportCommand  `cmd:"" help:"Write the site to a folder, for any static host."`
	Init    initCommand    `cmd:"" help:"Write the settings of a site, and what to set up at its tenant."`
	Doctor  doctorCommand  `cmd:"" help:"Examine a tenant from outside, and say what to change for this site."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func newCLI() *cli {
	return &cli{Serve: newServe(), Dev: newDev(), Export: newExport(), Init: newInit(), Doctor: newDoctor()}
}

// console is where a command writes: results to Out, the log to Err.
type console struct{ Out, Err io.Writer }

// newParser makes the parser of the command line.
func newParser(options ...kong.Option) *kong.Kong {
	parser, err := kong.New(newCLI(), append(options,
		kong.Name("twinlock"),
		kong.Description("Two locks, one identity: a page to see, link and unlink the accounts of an Auth0 user.\n\n"+
			"Every flag can be given as TWINLOCK_… in the environment, and every setting of the site in the YAML file of --config. "+
			"A flag goes before the environment, and that before the file."),
	)...)
	if err != nil {
		panic(err) // a mistake in cli
	}
	return parser
}

// run runs the command until it ends or ctx does, and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, env func(string) (string, bool)) int {
	exited := -1
	parser := newParser(
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }), // after --help
		kong.Resolvers(settings.Environment(env)),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(console{stdout, stderr}, environment(env)),
	)
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(stderr, "twinlock: %v\n", err)
		return exitUsage
	}
	return report(stderr, command.Flags(), command.Run())
}

// report writes every problem on a line of its own and returns the exit code. Wrong
// settings are [config.FieldError]s; the flags are those that can give them.
func report(stderr io.Writer, flags []*kong.Flag, err error) int {
	if err == nil {
		return exitOK
	}
	for _, problem := range settings.Problems(err) {
		fmt.Fprintf(stderr, "twinlock: %v%s\n", problem, hint(problem, flags))
	}
	if field := (*config.FieldError)(nil); errors.As(err, &field) {
		return exitUsage
	}
	return exitFailure
}

// hint tells how to give the setting that a problem is about, other than in the file; "" if
// there is no other way.
func hint(problem error, flags []*kong.Flag) string {
	var field *config.FieldError
	if !errors.As(problem, &field) {
		return ""
	}
	name, _, _ := strings.Cut(field.Field, "[") // of connections[1].name
	for name != "" {
		flag := settings.FlagName(name)
		if slices.ContainsFunc(flags, func(f *kong.Flag) bool { return f.Name == flag }) {
			return fmt.Sprintf(" (--%s, %s)", flag, settings.Variable(flag))
		}
		name = name[:max(0, strings.LastIndexByte(name, '.'))] // of connections.name
	}
	return ""
}

// newLog makes a log that is also the one of the libraries.
func newLog(w io.Writer, format string) *slog.Logger {
	var handler slog.Handler = slog.NewTextHandler(w, nil)
	if format == settings.LogJSON {
		handler = slog.NewJSONHandler(w, nil)
	}
	log := slog.New(handler)
	slog.SetDefault(log)
	return log
}
