package i18n

import "testing"

func TestPatternTakesNamesOnly(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		text string
		ok   bool
		want string // filled with a = "1" and b = 2
	}{
		"plain":         {text: "Paid", ok: true, want: "Paid"},
		"at the end":    {text: "on {{.a}}", ok: true, want: "on 1"},
		"at both":       {text: "{{.a}} of {{ .b }}", ok: true, want: "1 of 2"},
		"twice":         {text: "{{.a}}{{.a}}", ok: true, want: "11"},
		"braces":        {text: "{a}", ok: true, want: "{a}"},
		"a function":    {text: "{{len .a}}"},
		"a pipe":        {text: "{{.a | html}}"},
		"a path":        {text: "{{.a.b}}"},
		"never closed":  {text: "{{.a"},
		"without a dot": {text: "{{a}}"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			p, ok := parsePattern(tt.text)

			if ok != tt.ok {
				t.Fatalf("parsePattern(%q) ok = %t, want %t", tt.text, ok, tt.ok)
			}
			if !ok {
				return
			}
			if got, err := p.fill([]any{"a", "1", "b", 2}); err != nil || got != tt.want {
				t.Errorf("filled: %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestTextWithoutItsValueIsAnError(t *testing.T) {
	t.Parallel()

	if got, err := For("en").Text("portal.status.paid", "when", "3 May"); err == nil {
		t.Errorf("Text = %q without its date, want an error", got)
	}
}
