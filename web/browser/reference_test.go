package browser_test

import "testing"

func TestDocumentOfTheAPIIsReadable(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	journey(t, "reference", map[string]any{"site": d.shop.base}, nil, nil)
}
