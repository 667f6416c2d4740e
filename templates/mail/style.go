package mail

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/quittance/quittance/templates/ui"
)

// The colours of the pages, which a mail cannot take from their stylesheet.
const (
	font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
	ink  = "color:#1a1c1e;"
	pale = "color:#595e64;"
)

// styles is what every element of a mail looks like, by name. The name is its
// class too, for what only a stylesheet can say: dark mode.
var styles = map[string]string{
	"page":     "margin:0;padding:0;background-color:#f6f6f5;",
	"main":     "margin:0;",
	"canvas":   "width:100%;background-color:#f6f6f5;",
	"margin":   "padding:24px 12px;",
	"sheet":    "width:100%;max-width:560px;background-color:#ffffff;border:1px solid #dcddde;border-radius:8px;",
	"head":     font + ink + "overflow-wrap:anywhere;padding:20px 24px;font-size:16px;line-height:1.5;font-weight:600;border-bottom:1px solid #dcddde;",
	"body":     font + ink + "overflow-wrap:anywhere;padding:24px;font-size:16px;line-height:1.5;",
	"heading":  font + ink + "margin:0 0 12px;font-size:24px;line-height:1.2;font-weight:600;",
	"text":     font + ink + "margin:0 0 16px;font-size:16px;line-height:1.5;",
	"small":    font + pale + "margin:0 0 12px;font-size:14px;line-height:1.5;",
	"label":    font + pale + "margin:0;font-size:14px;line-height:1.5;",
	"amount":   font + ink + "margin:0 0 16px;font-size:32px;line-height:1.2;font-weight:600;font-variant-numeric:tabular-nums;",
	"facts":    "width:100%;margin:0 0 16px;",
	"fact":     font + pale + "padding:2px 16px 2px 0;font-size:14px;line-height:1.5;text-align:left;vertical-align:top;font-weight:400;white-space:nowrap;",
	"value":    font + ink + "padding:2px 0;font-size:14px;line-height:1.5;text-align:right;vertical-align:top;width:100%;font-variant-numeric:tabular-nums;",
	"button":   font + "display:block;padding:12px 16px;border-radius:8px;font-size:16px;line-height:1.25;font-weight:600;text-align:center;text-decoration:none;",
	"pad":      "border-radius:8px;",
	"actions":  "width:100%;margin:0 0 16px;",
	"link":     "text-decoration:underline;",
	"address":  "text-decoration:underline;overflow-wrap:anywhere;word-break:break-all;",
	"part":     font + ink + "margin:24px 0 4px;padding:16px 0 0;font-size:18px;line-height:1.2;font-weight:600;border-top:1px solid #dcddde;",
	"lines":    "width:100%;margin:8px 0 16px;",
	"line":     font + ink + "padding:8px 16px 8px 0;font-size:16px;line-height:1.5;text-align:left;vertical-align:top;font-weight:400;border-bottom:1px solid #dcddde;overflow-wrap:anywhere;",
	"detail":   pale + "display:block;font-size:14px;line-height:1.5;",
	"sum":      font + ink + "padding:8px 0;font-size:16px;line-height:1.5;text-align:right;vertical-align:top;white-space:nowrap;border-bottom:1px solid #dcddde;font-variant-numeric:tabular-nums;",
	"subtotal": font + pale + "padding:4px 16px 4px 0;font-size:14px;line-height:1.5;text-align:left;font-weight:400;",
	"subsum":   font + pale + "padding:4px 0;font-size:14px;line-height:1.5;text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;",
	"total":    font + ink + "padding:8px 16px 4px 0;font-size:18px;line-height:1.5;text-align:left;font-weight:600;",
	"totalsum": font + ink + "padding:8px 0 4px;font-size:18px;line-height:1.5;text-align:right;white-space:nowrap;font-weight:600;font-variant-numeric:tabular-nums;",
	"note":     font + ink + "margin:0 0 16px;font-size:16px;line-height:1.5;white-space:pre-line;",
	"column":   "width:100%;max-width:560px;",
	"foot":     font + pale + "overflow-wrap:anywhere;padding:16px 24px 0;font-size:14px;line-height:1.5;",
	"peek":     "display:none;max-height:0;overflow:hidden;",
}

// dark is the mail for readers who want it dark; programs that know no such wish
// show the light one. @accent is the merchant's colour on a dark page.
const dark = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.page,.canvas{background-color:#141618!important}
.sheet{background-color:#1e2023!important;border-color:#35393d!important}
.head,.part,.line,.sum{border-color:#35393d!important}
.head,.body,.heading,.text,.amount,.value,.part,.line,.sum,.total,.totalsum,.note{color:#ecedee!important}
.small,.label,.fact,.detail,.subtotal,.subsum,.foot{color:#a6abb1!important}
.link,.address{color:@accent!important}
}
@media (max-width:480px){
.margin{padding:0!important}
.sheet{border-left:0!important;border-right:0!important;border-radius:0!important}
.head,.body,.foot{padding-left:16px!important;padding-right:16px!important}
}`

// sheet styles the elements of one mail in the merchant's colour.
type sheet struct{ accent ui.Accent }

// plainAccent is for merchants without a colour.
const plainAccent = "#1d4f91"

func newSheet(accent string) sheet {
	a := ui.NewAccent(accent)
	if a == (ui.Accent{}) {
		a = ui.NewAccent(plainAccent)
	}
	return sheet{a}
}

// css is the class and the style of an element.
func (s sheet) css(name string) templ.Attributes {
	style := styles[name]
	switch name {
	case "button":
		style += "background-color:" + s.accent.Fill + ";color:" + s.accent.FillText + ";"
	case "pad":
		style += "background-color:" + s.accent.Fill + ";"
	case "link", "address":
		style += "color:" + s.accent.Link + ";"
	}
	return templ.Attributes{"class": name, "style": style}
}

// style is the one stylesheet, which says what styles cannot.
func (s sheet) style() string {
	return "<style>" + strings.ReplaceAll(dark, "@accent", s.accent.LinkDark) + "</style>"
}
