package oidc

import "testing"

func TestMailLink(t *testing.T) {
	for callback, want := range map[string]struct{ worked, ok bool }{
		// As Auth0 sends them.
		"?supportSignUp=true&supportForgotPassword=true&email=ada%40example.com&message=Your%20email%20was%20verified.%20" +
			"You%20can%20continue%20using%20the%20application.&success=true&code=success": {true, true},
		"?message=This%20URL%20can%20be%20used%20only%20once&success=false": {false, true},
		"?success=true&code=success#":                                       {true, true},
		"?success=false&message=%zz":                                        {false, true},
		"?success=true&code=c&state=login.A":                                {true, false},
		"?success=true&state=":                                              {true, false},
		"?success=false&error=access_denied":                                {false, false},
		"?success=maybe":                                                    {false, false},
		"?success=":                                                         {false, false},
		"?code=success":                                                     {false, false},
		"?code=c&state=login.A#success=true":                                {false, false},
		"#success=true":                                                     {false, false},
		"":                                                                  {false, false},
	} {
		if worked, ok := MailLink(callback); ok != want.ok || ok && worked != want.worked {
			t.Errorf("MailLink(%q) = %v, %v, want %v", callback, worked, ok, want)
		}
	}
}
