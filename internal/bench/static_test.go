package bench

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/page"
)

// Two pages that are the portal of one order to the byte, but for the nonce:
// both with the server's own middleware, frame and layout, neither with a cookie
// or a database.
const (
	templPath = "/bench/templ" // the portal's templates over values that never change
	fixedPath = "/bench/fixed" // within the layout, the portal's content as one text
)

// addStatic gives the server both pages.
func (s *shop) addStatic() (templURL, fixedURL string) {
	s.TB.Helper()
	real := get(s.TB, s.client, s.paid[0].page, s.paid[0].header)
	content := regexp.MustCompile(`(?s)<main[^>]*>(.*)</main>`).FindSubmatch(real)
	if content == nil {
		s.TB.Fatalf("no content in\n%s", real)
	}
	view, text := s.fixedView(), templ.Raw(string(content[1]))
	s.addPage(templPath, func(p ui.Page) templ.Component { return portal.ShowPage(p, view) })
	s.addPage(fixedPath, func(p ui.Page) templ.Component {
		layout := ui.Layout(p, ui.Frame{Title: p.T("portal.title"), Wide: true})
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return layout.Render(templ.WithChildren(ctx, text), w)
		})
	})
	nonce := regexp.MustCompile(`nonce="[^"]*"`)
	for _, path := range []string{templPath, fixedPath} {
		static := get(s.TB, s.client, s.URL+path, nil)
		if got, want := nonce.ReplaceAllString(string(static), ""), nonce.ReplaceAllString(string(real), ""); got != want {
			s.TB.Fatalf("%s is not the portal's page: %s", path, cmp.Diff(got, want))
		}
	}
	return s.URL + templPath, s.URL + fixedPath
}

func (s *shop) addPage(path string, component func(ui.Page) templ.Component) {
	s.TB.Helper()
	server, ok := s.Handler.(*echo.Echo)
	if !ok {
		s.TB.Fatalf("the server is a %T", s.Handler)
	}
	server.GET(path, func(c echo.Context) error {
		page.Know(c, s.Profile, "en", path)
		return page.Render(c, http.StatusOK, component(page.New(c)))
	})
}

// fixedView is what the first paid order's portal shows.
func (s *shop) fixedView() portal.Show {
	path := strings.TrimPrefix(s.paid[0].page, s.URL)
	day := i18n.For("en").Date(s.Clock.Wall(), s.Profile.Location())
	numbers := s.Strings(`SELECT number FROM documents WHERE serial = 1 ORDER BY kind DESC`)
	documents := []portal.Document{
		{Kind: "receipt", Label: "Receipt " + numbers[0], URL: templ.SafeURL(path + "/receipts/" + numbers[0] + ".pdf")},
		{Kind: "invoice", Label: "Invoice " + numbers[1], URL: templ.SafeURL(path + "/invoices/" + numbers[1] + ".pdf")},
	}
	return portal.Show{
		Number: "HB-000001", Status: ui.Status{Tone: ui.Good, Word: "Paid on " + day}, Amounts: portal.Amounts{Label: "Total", Main: "€124.00", Paid: "€124.00", Open: "€0.00"},
		Next: "There is nothing more to pay. Keep your link: it opens this page whenever you need it.",
		Order: ui.Lines{Total: "€124.00", Taxes: []ui.Tax{{Rate: "19%", Amount: "€19.80"}}, Lines: []ui.Line{
			{Description: "City bicycle, overhaul", Detail: "Brakes, chain and lights, parts included", Quantity: "1", UnitPrice: "€89.00", Total: "€89.00"},
			{Description: "Bell, brass", Quantity: "2", UnitPrice: "€17.50", Total: "€35.00"},
		}},
		Method:    portal.Method{Brand: "Visa", Last4: "0000", Expiry: "12\u00a0/\u00a02034"},
		History:   portal.History{Entries: []portal.Entry{{Date: day, What: "Payment", Detail: "Visa ending in 0000", Amount: "€124.00", Status: ui.Status{Tone: ui.Good, Word: "Approved"}, Documents: documents}}},
		Downloads: append([]portal.Document{{Kind: "summary", Label: "Order summary", URL: templ.SafeURL(path + "/order-summary.pdf")}}, documents...),
	}
}

// bareEcho is a server that answers with two bytes and has no middleware.
func bareEcho(tb testing.TB) (address string) {
	tb.Helper()
	e := echo.New()
	e.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, "ok") })
	server := httptest.NewServer(e)
	tb.Cleanup(server.Close)
	return server.URL + "/"
}
