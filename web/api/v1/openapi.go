package v1

import (
	_ "embed" // the document
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
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
