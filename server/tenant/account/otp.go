package account

import (
	"errors"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"twinlock/server/tenant/directory"
)

// One-time codes are as authenticator apps make them: SHA-1, six digits, thirty seconds
// (RFC 6238); that of the step before and of the next one count too, for clocks that differ.
// https://auth0.com/docs/secure/multi-factor-authentication/multi-factor-authentication-factors/configure-otp-notifications-for-mfa
var codes = totp.ValidateOpts{Period: 30, Skew: 1, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

const (
	// usedTTL is for how long a code could be right.
	usedTTL = 90 * time.Second
	// enrollmentTTL is for how long a new secret waits for its first code.
	enrollmentTTL = 30 * time.Minute
)

// Errors of CheckOTP. The sentences are ours.
var (
	// ErrWrongOTP is returned when the code is not one of now, or was used before.
	ErrWrongOTP = Error{Status: 400, Code: "invalid_grant", Description: "The code is wrong, or it was used before. Wait for the next one."}
	// ErrTooManyOTPs is returned when there were too many wrong codes in a row.
	ErrTooManyOTPs = Error{Status: 429, Code: "too_many_attempts",
		Description: "There were too many wrong codes. Wait some minutes before you try again."}
)

// CheckSecret returns an error for what is no secret of one-time codes.
func CheckSecret(secret string) error {
	if _, err := totp.GenerateCodeCustom(secret, time.Unix(0, 0), codes); err != nil || len(secret) < 16 {
		return errors.New("must be at least 16 letters and digits of base32")
	}
	return nil
}

// NewSecret returns the secret with which a user that has none can get one: the same for
// each call with the id of an authorization request, until a code of it was right.
func (s *Service) NewSecret(request string) (string, error) {
	if secret, begun := s.enrollments.Get(request); begun {
		return secret, nil
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: s.issuer.Host(), AccountName: request})
	if err != nil {
		return "", err
	}
	s.enrollments.Put(request, key.Secret())
	return key.Secret(), nil
}

// OTP returns the code of now of the user, "" for one that has no second factor.
func (s *Service) OTP(u *directory.User) string {
	if u.OTPSecret == "" {
		return ""
	}
	code, _ := totp.GenerateCodeCustom(u.OTPSecret, s.now(), codes) // the secret was checked
	return code
}

// CheckOTP checks a code of the user. One that has no secret gets that of NewSecret for the
// request. A code is right once (RFC 6238, section 5.2). Errors: ErrWrongOTP,
// ErrTooManyOTPs, and those of the directory.
func (s *Service) CheckOTP(u *directory.User, request, given string) error {
	s.otpChecks.Lock()
	defer s.otpChecks.Unlock()
	key := "otp " + u.ID()
	if s.attempts.blocked(key) {
		return ErrTooManyOTPs
	}
	secret := u.OTPSecret
	if secret == "" {
		secret, _ = s.enrollments.Get(request)
	}
	given = strings.ReplaceAll(given, " ", "")
	_, used := s.usedCodes.Get(u.ID() + " " + given)
	right, err := totp.ValidateCustom(given, secret, s.now(), codes)
	if secret == "" || used || !right || err != nil {
		s.attempts.fail(key, "")
		return ErrWrongOTP
	}
	s.usedCodes.Put(u.ID()+" "+given, struct{}{})
	s.attempts.succeed(key)
	if u.OTPSecret != "" {
		return nil
	}
	s.enrollments.Pop(request)
	_, err = s.users.Change(u.ID(), []string{"multifactor"}, func(u *directory.User) error {
		u.OTPSecret = secret
		return nil
	})
	return err
}
