package settings

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"twinlock/app/config"
	"twinlock/server/site"
)

// CheckAddr returns what is wrong with an address to listen on, the value of a
// setting or flag of that name, as a [config.FieldError].
func CheckAddr(name, addr string) error {
	if problem := addrProblem(&addr); problem != "" {
		return &config.FieldError{Field: name, Problem: problem}
	}
	return nil
}

func addrProblem(value any) string {
	_, port, err := net.SplitHostPort(*value.(*string))
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return "must be host:port such as 127.0.0.1:8000"
	}
	return ""
}

func basePathProblem(value any) string {
	if _, err := site.CleanBasePath(*value.(*string)); err != nil {
		return "must look like /accounts: letters, digits and -_.~ between slashes"
	}
	return ""
}

func logFormatProblem(value any) string {
	if format := *value.(*string); format != LogText && format != LogJSON {
		return fmt.Sprintf("must be %s or %s", LogText, LogJSON)
	}
	return ""
}

// timeFrom checks a time, which may be at most an hour.
func timeFrom(least time.Duration) func(any) string {
	return func(value any) string {
		if d := *value.(*time.Duration); d < least || d > time.Hour {
			return fmt.Sprintf("must be a time from %v to 1h, such as 30s", least)
		}
		return ""
	}
}

func headerBytesProblem(value any) string {
	if n := *value.(*int); n < 1<<10 || n > 1<<20 {
		return "must be from 1024 to 1048576"
	}
	return ""
}

// CheckCertificate returns what is wrong with the files of a certificate, as
// [config.FieldError]s. No files at all are right: that is plain HTTP.
func (s Settings) CheckCertificate() error {
	if s.TLSCert == "" && s.TLSKey == "" {
		return nil
	}
	if err := errors.Join(checkReadable("tls_cert", s.TLSCert), checkReadable("tls_key", s.TLSKey)); err != nil {
		return err
	}
	if _, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey); err != nil {
		return &config.FieldError{Field: "tls_cert", Problem: "cannot be used with tls_key: " + err.Error()}
	}
	return nil
}

func checkReadable(setting, name string) error {
	if name == "" {
		return &config.FieldError{Field: setting, Problem: "is missing: TLS needs a certificate and its key"}
	}
	f, err := os.Open(name)
	if err != nil {
		return &config.FieldError{Field: setting, Problem: err.Error()}
	}
	return f.Close()
}
