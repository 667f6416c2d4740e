package config

import (
	"errors"
	"net/url"
	"strconv"
)

// SMTP is the mail server that SMTPURL names.
type SMTP struct {
	Host           string
	Port           int
	User, Password string
	TLS            bool // from the first byte: smtps
	StartTLS       bool // demanded
}

// SMTP reads SMTPURL; the zero SMTP when it is empty. An error repeats nothing of
// the value, which holds a password.
func (c Config) SMTP() (SMTP, error) {
	if c.SMTPURL == "" {
		return SMTP{}, nil
	}
	u, err := url.Parse(c.SMTPURL)
	if err != nil || u.Hostname() == "" || (u.Path != "" && u.Path != "/") || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return SMTP{}, errors.New("want smtp://user:password@host:port or smtps://user:password@host:port")
	}
	s := SMTP{Host: u.Hostname(), User: u.User.Username(), TLS: u.Scheme == "smtps", StartTLS: u.Scheme == "smtp", Port: 587}
	s.Password, _ = u.User.Password()
	if s.TLS {
		s.Port = 465
	}
	if text := u.Port(); text != "" {
		if s.Port, err = strconv.Atoi(text); err != nil || s.Port < 1 || s.Port > 65535 {
			return SMTP{}, errors.New("the port must be from 1 to 65535")
		}
	}
	q := u.Query()
	switch wish := q.Get("starttls"); {
	case len(q) == 0:
	case len(q) > 1 || !q.Has("starttls") || s.TLS || (wish != "off" && wish != "required"):
		return SMTP{}, errors.New("the only option is starttls=off or starttls=required, behind smtp://")
	case wish == "off":
		s.StartTLS = false
	}
	if s.User != "" && !s.TLS && !s.StartTLS {
		return SMTP{}, errors.New("a password is not sent without TLS")
	}
	return s, nil
}

// maskedSMTP is SMTPURL without its password.
func (c Config) maskedSMTP() string {
	u, err := url.Parse(c.SMTPURL)
	if err != nil {
		return "cannot be read"
	}
	return u.Redacted()
}
