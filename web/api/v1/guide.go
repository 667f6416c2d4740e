package v1

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/static"
	view "github.com/quittance/quittance/templates/reference"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/urls"
)

//go:embed guide
var guide embed.FS

// Guide is a file of the guide to embedding, as developers copy it: widget.html,
// frame.html, pay.js, loaded.js and policy.txt. Words in capitals stand for what
// the API tells.
func Guide(name string) (string, error) {
	text, err := fs.ReadFile(guide, "guide/"+name)
	return string(text), err
}

// showGuide is GET /docs/embed, for everybody: what a merchant's developer puts on
// a page of their own.
func showGuide(base string) echo.HandlerFunc {
	return func(c echo.Context) error {
		v := view.Guide{ScriptURL: urls.Site(base).EmbedScript(), Integrity: static.Integrity(urls.EmbedFile)}
		for name, to := range map[string]*string{"widget.html": &v.Widget, "frame.html": &v.Frame, "pay.js": &v.Pay, "loaded.js": &v.Loaded, "policy.txt": &v.Policy} {
			text, err := Guide(name)
			if err != nil {
				return err
			}
			*to = text
		}
		return page.Render(c, http.StatusOK, view.GuidePage(page.English(c), v))
	}
}
