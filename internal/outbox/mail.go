package outbox

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// Mail is one that was received, taken apart.
type Mail struct {
	Number      int // counts from 1, in the order of arrival
	From        string
	To          []string // of the envelope
	Header      mail.Header
	Subject     string
	Text, HTML  string
	Attachments []Attachment
}

// Attachment is a file in a mail.
type Attachment struct {
	Name, Type string
	Content    []byte
}

// read takes a mail apart.
func read(raw []byte) (Mail, error) {
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, fmt.Errorf("read mail: %w", err)
	}
	m := Mail{Header: parsed.Header}
	var words mime.WordDecoder
	if m.Subject, err = words.DecodeHeader(parsed.Header.Get("Subject")); err != nil {
		return Mail{}, fmt.Errorf("read subject: %w", err)
	}
	return m, m.part(part{parsed.Header.Get, parsed.Body})
}

// part is a mail's body, or a part of it.
type part struct {
	header func(name string) string
	body   io.Reader
}

// part fills m from a part and those inside it.
func (m *Mail) part(p part) error {
	media, params, err := mime.ParseMediaType(p.header("Content-Type"))
	if err != nil {
		return fmt.Errorf("read content type: %w", err)
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(p.body, params["boundary"])
		for {
			inner, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return fmt.Errorf("read parts: %w", err)
			}
			if err := m.part(part{inner.Header.Get, inner}); err != nil {
				return err
			}
		}
	}
	content, err := io.ReadAll(decoded(p))
	if err != nil {
		return fmt.Errorf("decode part: %w", err)
	}
	disposition, file, _ := mime.ParseMediaType(p.header("Content-Disposition")) // a broken one is none
	switch {
	case disposition == "attachment":
		m.Attachments = append(m.Attachments, Attachment{file["filename"], media, content})
	case media == "text/html":
		m.HTML = string(content)
	default:
		m.Text = string(content)
	}
	return nil
}

// decoded undoes the encoding for the way.
func decoded(p part) io.Reader {
	switch strings.ToLower(p.header("Content-Transfer-Encoding")) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, p.body)
	case "quoted-printable":
		return quotedprintable.NewReader(p.body)
	}
	return p.body
}
