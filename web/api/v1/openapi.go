package v1

import (
	_ "embed" // the document
	"net/http"
	"slices"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	view "github.com/quittance/quittance/templates/reference"
	"github.com/quittance/quittance/web/api/reference"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/urls"
)

//go:embed openapi.yaml
var openAPI []byte

// Document is the OpenAPI 3.1 description of exactly the routes that Register
// adds, as YAML.
func Document() []byte { return slices.Clone(openAPI) }

// showDocument is GET /openapi.yaml, for everybody.
func showDocument(c echo.Context) error {
	return c.Blob(http.StatusOK, "application/yaml", openAPI)
}

// showReference is GET /docs, for everybody: the document as a page, made of it at
// the first request.
func showReference(base string) echo.HandlerFunc {
	read := sync.OnceValues(func() (view.Reference, error) { return reference.Read(openAPI, base+urls.API) })
	return func(c echo.Context) error {
		v, err := read()
		if err != nil {
			return err
		}
		v.URL = templ.SafeURL(urls.API + "/openapi.yaml")
		return page.Render(c, http.StatusOK, view.ReferencePage(page.English(c), v))
	}
}
